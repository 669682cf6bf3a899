using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TelemetryKit.Hosting;

/// <summary>What an endpoint is called, in the author's words: nothing that a visitor wrote is in it.</summary>
internal static class EndpointName
{
    /// <summary>The method and the route pattern, else the display name; null for an endpoint that has neither.</summary>
    public static string? Of(Endpoint endpoint, string method) => endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? Method(method) + (pattern.StartsWith('/') ? " " : " /") + pattern
        : endpoint.DisplayName;

    /// <summary>A visitor may send any word for a method; only the known ones are recorded as they are.</summary>
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
