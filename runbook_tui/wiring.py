"""The one module that knows every concrete object; it imports inside its functions."""
