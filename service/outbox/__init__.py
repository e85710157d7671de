"""What leaves the building: letters, and questions to an identity provider."""
