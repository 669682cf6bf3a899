using System.Net;
using System.Text;

namespace TelemetryKit.Support.Stripe;

/// <summary>Sends webhooks, by itself or when a test asks for it.</summary>
internal sealed class WebhookSender(TimeProvider time) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Lock _lock = new();
    private readonly List<FakeWebhook> _held = [];
    private Task _sending = Task.CompletedTask;

    /// <summary>Whether webhooks wait until a test sends them.</summary>
    public bool IsHolding { get; set; }

    /// <summary>The webhooks that wait, oldest first.</summary>
    public IReadOnlyList<FakeWebhook> Held
    {
        get
        {
            lock (_lock)
                return [.. _held];
        }
    }

    /// <summary>Sends a webhook after those before it, or holds it.</summary>
    public void Enqueue(FakeWebhook webhook)
    {
        lock (_lock)
        {
            if (IsHolding)
                _held.Add(webhook);
            else
                _sending = SendAfterAsync(_sending, webhook);
        }
    }

    /// <summary>Removes a webhook that waits.</summary>
    public void Remove(FakeWebhook webhook)
    {
        lock (_lock)
            _held.Remove(webhook);
    }

    /// <summary>Completes when all webhooks that aren't held were sent.</summary>
    public Task WhenSentAsync()
    {
        lock (_lock)
            return _sending;
    }

    /// <summary>Sends a webhook with a signature of now. Returns the status of the response, or <c>null</c> without one.</summary>
    public async Task<HttpStatusCode?> SendAsync(FakeWebhook webhook)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, webhook.Address);
        request.Content = new StringContent(webhook.Body, Encoding.UTF8, "application/json");
        request.Headers.Add("Stripe-Signature", FakeWebhook.Sign(webhook.Body, webhook.Secret, time.GetUtcNow()));
        try
        {
            using var response = await _http.SendAsync(request);
            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // A webhook that isn't received waits like a held one: Stripe would send it again later.
    private async Task SendAfterAsync(Task before, FakeWebhook webhook)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        if (await SendAsync(webhook) is HttpStatusCode.OK or HttpStatusCode.NoContent)
            return;
        lock (_lock)
            _held.Add(webhook);
    }
}
