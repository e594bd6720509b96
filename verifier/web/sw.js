console.log(VERSION, FIRST, LATER);
