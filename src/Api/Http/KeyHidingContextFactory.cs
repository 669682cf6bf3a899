using Microsoft.AspNetCore.Http.Features;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Removes the key from <c>/k/KEY/…</c> before any other component sees the request. Request logging, traces and metrics start after the
/// context is created, so none of them can contain a key, whatever log level or exporter is configured.
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
