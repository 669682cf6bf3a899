using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TelemetryKit.Bench.Abuse;

/// <summary>Sends requests from any source address.</summary>
internal sealed class Client(Uri url) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 256 })
    {
        BaseAddress = url, Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Sends a batch.</summary>
    public Task<HttpResponseMessage> IngestAsync(string source, string key, byte[] body, string? coding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (coding is not null)
            content.Headers.ContentEncoding.Add(coding);
        return SendAsync(HttpMethod.Post, "/v1/events", source, key, content);
    }

    /// <summary>Signs in.</summary>
    public Task<HttpResponseMessage> SignInAsync(string source, string email, string password) => SendAsync(
        HttpMethod.Post, "/v1/auth/sign-in", source, null,
        new StringContent(JsonSerializer.Serialize(new { email, password }), Encoding.UTF8, "application/json"));

    /// <summary>Sends a request without a body.</summary>
    public Task<HttpResponseMessage> GetAsync(string source, string path, string? key = null) =>
        SendAsync(HttpMethod.Get, path, source, key, null);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string source, string? key, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("X-Forwarded-For", source);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var response = await _http.SendAsync(request);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }
}
