using System.IO.Compression;
using System.Net.Http.Headers;

namespace TelemetryKit.Backends;

/// <summary>
/// Posts JSON. The client is made by the first request: a run that sends nothing never loads a line of the network's code.
/// </summary>
internal static class HttpSender
{
    /// <summary>The size up to which compressing a body gains nothing.</summary>
    public const int CompressAbove = 1024;

    /// <summary>An answer is a few hundred bytes; one that is endless must not fill the memory.</summary>
    private const int MaxAnswerBytes = 1024 * 1024;

    private static readonly Lazy<HttpClient> Client = new(() => new HttpClient(new HttpClientHandler
    {
        // A redirect would turn the POST into a GET, and a login page's 200 into a lie.
        AllowAutoRedirect = false,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    });

    public static async Task<HttpAnswer> Post(
        Uri address, byte[] body, int compressAbove, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = Content(body, compressAbove) };
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
        using var response = await Client.Value.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return new((int)response.StatusCode, answer, RetryAfter(response.Headers));
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
        // An HTTP date is by the server's clock; ours may be wrong, so its own date is what it counts from.
        return after.Date is { } date && headers.Date is { } now && date > now ? date - now : null;
    }
}
