using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TelemetryKit.Hosting;

/// <summary>Determines the name of an endpoint. It contains nothing that a client has sent.</summary>
internal static class EndpointName
{
    /// <summary>Returns the method and the route pattern, otherwise the display name, or null if the endpoint has neither.</summary>
    public static string? Of(Endpoint endpoint, string method) => endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? Method(method) + (pattern.StartsWith('/') ? " " : " /") + pattern
        : endpoint.DisplayName;

    /// <summary>Returns the method if it is a known one. Clients can send any word as the method.</summary>
    private static string Method(string method) =>
        HttpMethods.IsGet(method) ? HttpMethods.Get
        : HttpMethods.IsPost(method) ? HttpMethods.Post
        : HttpMethods.IsPut(method) ? HttpMethods.Put
        : HttpMethods.IsPatch(method) ? HttpMethods.Patch
        : HttpMethods.IsDelete(method) ? HttpMethods.Delete
        : HttpMethods.IsHead(method) ? HttpMethods.Head
        : HttpMethods.IsOptions(method) ? HttpMethods.Options
        : HttpMethods.IsConnect(method) ? HttpMethods.Connect
        : "OTHER";
}
