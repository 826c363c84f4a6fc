"""Product rule for flat glass (平板玻璃) of a third party."""
