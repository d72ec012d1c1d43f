/** The minikube profile of our own: never one of the user's. Its name is that of its kubectl context too. */
export const minikubeProfile = 'pricectl';
