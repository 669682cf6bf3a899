using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stripe;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>
/// Calls of the API with time-outs, retries, a pause when Stripe is away, and the exceptions of <see cref="IBillingGateway"/>. Their
/// messages contain codes and the id of the request, never Stripe's texts, which may quote a key or personal data.
/// </summary>
internal sealed class StripeCalls : IDisposable
{
    private const string MissingCode = "resource_missing";
    private readonly HttpClient _http;
    private readonly Circuit _circuit;

    public StripeCalls(StripeOptions options, TimeProvider time)
    {
        _circuit = new(options.FailuresUntilPause, options.Pause, time);
        _http = new(options.CreateHandler?.Invoke() ?? NewHandler(options)) { Timeout = options.Timeout };
        var address = options.ApiBase.GetLeftPart(UriPartial.Authority);
        var client = new StripeClient(new StripeClientOptions
        {
            ApiKey = options.SecretKey,
            ApiBase = address,
            // Nothing is sent to the other hosts. With a fake, nothing may reach the real ones.
            ConnectBase = address, FilesBase = address, MeterEventsBase = address,
            HttpClient = new SystemNetHttpClient(_http, options.Retries, appInfo: null, enableTelemetry: false),
        });
        V1 = client.V1;
        V2 = client.V2;
    }

    /// <summary>The services of the API.</summary>
    public V1Services V1 { get; }

    /// <summary>The services of version 2 of the API.</summary>
    public V2Services V2 { get; }

    /// <summary>Returns the options of a write, which is done once for each key.</summary>
    public static RequestOptions Once(string key) => new() { IdempotencyKey = key };

    /// <summary>Returns the options of a write that only the retries of this call repeat.</summary>
    public static RequestOptions OnceEver() => Once(Guid.NewGuid().ToString());

    /// <summary>Calls the API.</summary>
    /// <exception cref="BillingUnavailableException">Stripe is away.</exception>
    /// <exception cref="BillingRefusedException">Stripe refuses the request.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        if (!_circuit.TryEnter())
            throw new BillingUnavailableException("Stripe failed several times in a row, so it isn't called for some seconds.");
        try
        {
            var result = await call();
            _circuit.Succeed();
            return result;
        }
        catch (StripeException exception) when (IsAway(exception.HttpStatusCode))
        {
            _circuit.Fail();
            throw new BillingUnavailableException($"Stripe responded with {Describe(exception)}.");
        }
        catch (StripeException exception)
        {
            _circuit.Succeed();
            throw new BillingRefusedException($"Stripe refused the request with {Describe(exception)}.", CodeOf(exception));
        }
        catch (Exception exception) when (IsFailure(exception) && !cancellationToken.IsCancellationRequested)
        {
            _circuit.Fail();
            throw new BillingUnavailableException($"Stripe can't be reached: {exception.GetType().Name}.");
        }
    }

    /// <summary>Calls the API. Returns <c>null</c> if the object doesn't exist.</summary>
    public async Task<T?> FindAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) where T : class
    {
        try
        {
            return await RunAsync(call, cancellationToken);
        }
        catch (BillingRefusedException exception) when (IsMissing(exception))
        {
            return null;
        }
    }

    /// <summary>Reads a list, page by page.</summary>
    /// <param name="list">Reads a page.</param>
    /// <param name="options">The options, which are changed.</param>
    /// <param name="idOf">Returns the id of an object.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async IAsyncEnumerable<T> ListAsync<T, TOptions>(
        Func<TOptions, RequestOptions?, CancellationToken, Task<StripeList<T>>> list,
        TOptions options,
        Func<T, string> idOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TOptions : ListOptions
    {
        while (true)
        {
            var page = await RunAsync(() => list(options, null, cancellationToken), cancellationToken);
            foreach (var one in page.Data)
                yield return one;
            if (!page.HasMore || page.Data.Count == 0)
                yield break;
            options.StartingAfter = idOf(page.Data[^1]);
        }
    }

    /// <summary>Whether a request was refused because its object doesn't exist.</summary>
    public static bool IsMissing(BillingRefusedException exception) => exception.Code == MissingCode;

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // One of its own, so that no other client's handlers log these requests.
    private static SocketsHttpHandler NewHandler(StripeOptions options) => new()
    {
        AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = options.Timeout,
        // No traces: addresses contain ids of customers, and Stripe needs no ids of traces.
        ActivityHeadersPropagator = null,
    };

    // 409 means that a request with the same key is running, or that the object is locked. No status means a body that is no JSON.
    private static bool IsAway(HttpStatusCode status) =>
        status is 0 or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or OperationCanceledException or IOException or JsonException or Newtonsoft.Json.JsonException;

    private static string? CodeOf(StripeException exception) =>
        exception.StripeError?.Code ?? exception.StripeError?.Type;

    private static string Describe(StripeException exception)
    {
        var parts = new[]
        {
            ((int)exception.HttpStatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture),
            exception.StripeError?.Type, exception.StripeError?.Code, exception.StripeError?.Param,
            exception.StripeResponse?.RequestId,
        };
        return string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)));
    }
}
