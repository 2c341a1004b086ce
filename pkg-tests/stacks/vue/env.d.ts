/** The types that Vite adds. */
/// <reference types="vite/client" />
