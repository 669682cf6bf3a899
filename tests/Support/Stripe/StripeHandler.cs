using System.Net;
using System.Text;

namespace TelemetryKit.Support.Stripe;

/// <summary>Sends the requests of an <see cref="HttpClient"/> to the fake without a connection, for tests with very many of them.</summary>
internal sealed class StripeHandler(StripeServer server) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var received = new StripeRequest(
            request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, HeaderOf(request, "Authorization"),
            HeaderOf(request, "Stripe-Version"), HeaderOf(request, "Idempotency-Key"),
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        if (await server.HandleAsync(received, cancellationToken) is not { } response)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The fake reset the connection.");
        var message = new HttpResponseMessage((HttpStatusCode)response.Status)
        {
            RequestMessage = request, Content = new StringContent(response.Body, Encoding.UTF8, "application/json"),
        };
        message.Headers.Add("Request-Id", $"req_fake{server.Requests.Count:D6}");
        message.Headers.Add("Stripe-Version", FakeStripe.ApiVersion);
        return message;
    }

    private static string HeaderOf(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";
}
