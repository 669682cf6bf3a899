// The bare tool with a request by the framework's HttpClient, to measure what HTTPS alone adds to a program compiled ahead of time.
Console.WriteLine("Hello, world!");
if (args is not [var address])
    return;
using var client = new HttpClient();
using var response = await client.PostAsync(new Uri(address), new ByteArrayContent([]));
