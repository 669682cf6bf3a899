using System.IO.Compression;
using System.Net.Http.Headers;

namespace TelemetryKit.Backends;

/// <summary>
/// Posts JSON. The HTTP client is created by the first request, so that runs that send nothing do not load any networking code.
/// </summary>
internal static class HttpSender
{
    /// <summary>The default size in bytes above which compression pays off.</summary>
    public const int CompressAbove = 1024;

    /// <summary>Responses are a few hundred bytes. The limit protects against endless ones.</summary>
    private const int MaxResponseBytes = 1024 * 1024;

    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient(new HttpClientHandler
    {
        // Following a redirect turns the POST into a GET, and a login page's 200 would look like success.
        AllowAutoRedirect = false,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxResponseBytes,
    });

    public static async Task<ServerResponse> Post(
        Uri address, byte[] body, int compressAbove, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Content(body, compressAbove) };
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var response = await Client.Value.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return new((int)response.StatusCode, text, RetryAfter(response.Headers));
    }

    /// <summary>
    /// Opens a connection that later requests use, with a request that has no body and no credentials. Its response is ignored.
    /// </summary>
    public static async Task Connect(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var response = await Client.Value.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private static ByteArrayContent Content(byte[] body, int compressAbove)
    {
        var compress = body.Length > compressAbove;
        var content = new ByteArrayContent(compress ? Compress(body) : body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (compress)
            content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static byte[] Compress(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body, 0, body.Length);
        return compressed.ToArray();
    }

    private static TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        if (headers.RetryAfter is not { } after)
            return null;
        if (after.Delta is { } delta)
            return delta;
        // An HTTP date refers to the server's clock. The local clock may be wrong, so the response's own date is subtracted.
        return after.Date is { } date && headers.Date is { } now && date > now ? date - now : null;
    }
}
