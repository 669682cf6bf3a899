// The tool of Sdk.Hello without the SDK.
Console.WriteLine("Hello, world!");
