"""Routes under ``/v1``, a file per noun. A route reads, asks who calls, calls one use-case and answers."""
