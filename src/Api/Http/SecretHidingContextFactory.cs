using Microsoft.AspNetCore.Http.Features;

namespace TelemetryKit.Api.Http;

/// <summary>
/// Removes keys and ids of installs from the path before any other component sees the request. Request logging, traces and metrics start
/// after the context is created, so none of them can contain these, whatever log level or exporter is configured.
/// </summary>
internal sealed class SecretHidingContextFactory(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        var request = featureCollection.GetRequiredFeature<IHttpRequestFeature>();
        if (HiddenPath.Of(request.Method, request.Path, request.RawTarget) is { } hidden)
        {
            featureCollection.Set(hidden.Key);
            featureCollection.Set(hidden.User);
            request.Path = hidden.Path;
            request.RawTarget = hidden.Path;
        }

        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);
}
