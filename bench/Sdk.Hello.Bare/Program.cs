// The same tool without the SDK.
Console.WriteLine("Hello, world!");
