"""What `assistant.reasoning.sample` is made of."""
