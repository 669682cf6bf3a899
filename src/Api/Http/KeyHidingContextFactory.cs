using Microsoft.AspNetCore.Http.Features;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Takes the key out of <c>/k/KEY/…</c> before anything else sees the request. Request logging, traces and metrics all begin after the
/// context is made, so none of them can ever hold a key, whatever level or exporter an operator switches on.
/// </summary>
internal sealed class KeyHidingContextFactory(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var request = featureCollection.GetRequiredFeature<IHttpRequestFeature>();
        if (KeyInPath.Split(request.Path) is var (key, path))
        {
            featureCollection.Set(key);
            request.Path = path;
            request.RawTarget = path;
        }

        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);
}
