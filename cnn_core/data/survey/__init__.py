"""Looking at a data set before anything is learned from it: counts, samples, mean images, and images that are twice."""
