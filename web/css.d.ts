// Style sheets are files of their own: importing one only says that it is wanted.
declare module '*.css'
