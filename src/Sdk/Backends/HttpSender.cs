using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace TelemetryKit.Backends;

/// <summary>
/// Posts JSON. The HTTP client is created by the first request, so that runs that send nothing do not load any networking code.
/// </summary>
/// <param name="handler">Creates the handler of the requests; null for the default one.</param>
/// <param name="proxy">The proxy of the default handler; null for that of the system.</param>
internal sealed class HttpSender(Func<HttpMessageHandler>? handler, IWebProxy? proxy)
{
    /// <summary>The default size in bytes above which compression pays off.</summary>
    public const int CompressAbove = 1024;

    /// <summary>Responses are a few hundred bytes. The limit protects against endless ones.</summary>
    private const int MaxResponseBytes = 1024 * 1024;

    private const string UserAgent = "telemetrykit-" + SdkName.Value;

    /// <summary>
    /// How long a connection is used, so that a process that runs for days follows changes of the server's address.
    /// </summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly object _gate = new();
    private HttpClient? _client;

    /// <summary>The sender of backends without options of their own.</summary>
    public static readonly HttpSender Shared = new(null, null);

    private HttpClient Client
    {
        get
        {
            lock (_gate)
            {
                return _client ??= new(handler?.Invoke() ?? DefaultHandler(proxy))
                {
                    Timeout = Timeout.InfiniteTimeSpan,
                    MaxResponseContentBufferSize = MaxResponseBytes,
                };
            }
        }
    }

    public Task<ServerResponse> Post(
        Uri address, byte[] body, int compressAbove, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken) =>
        Send(new(HttpMethod.Post, address) { Content = Content(body, compressAbove) }, headers, cancellationToken);

    public Task<ServerResponse> Get(
        Uri address, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken) =>
        Send(new(HttpMethod.Get, address), headers, cancellationToken);

    private async Task<ServerResponse> Send(
        HttpRequestMessage message, KeyValuePair<string, string>[] headers, CancellationToken cancellationToken)
    {
        using var request = message;
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var header in headers)
            request.Headers.TryAddWithoutValidation(header.Key, header.Value);
#if !NET
        ServicePointManager.FindServicePoint(request.RequestUri!).ConnectionLeaseTimeout = (int)ConnectionLifetime.TotalMilliseconds;
#endif
        using var response = await Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var text = await response.Content.ReadAsStringAsync().ConfigureAwait(false);
        return new((int)response.StatusCode, text, RetryAfter(response.Headers));
    }

    /// <summary>
    /// Opens a connection that later requests use, with a request that has no body and no credentials. Its response is ignored.
    /// </summary>
    public async Task Connect(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        using var response = await Client.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    // Following a redirect turns the POST into a GET, and a login page's 200 would look like success.
#if NET
    private static SocketsHttpHandler DefaultHandler(IWebProxy? proxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        Proxy = proxy,
    };
#else
    private static HttpClientHandler DefaultHandler(IWebProxy? proxy) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = proxy,
    };
#endif

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
