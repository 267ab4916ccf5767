"""All of the service on one page: requests in writing, complaints, opinions, notices, promotions, and the terms at risk."""
