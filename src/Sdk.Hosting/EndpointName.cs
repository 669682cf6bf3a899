using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace TelemetryKit.Hosting;

/// <summary>Determines the name of an endpoint. It contains nothing that a client has sent.</summary>
internal static class EndpointName
{
    /// <summary>
    /// The display names of the framework's endpoints for paths that match a route whose other conditions a request does not meet.
    /// </summary>
    private static readonly string[] Rejections = ["405 HTTP Method Not Supported", "415 HTTP Unsupported Media Type"];

    /// <summary>Returns the method and the route pattern, otherwise the display name, or null if the endpoint has neither.</summary>
    public static string? Of(Endpoint endpoint, HttpContext context)
    {
        var route = Array.IndexOf(Rejections, endpoint.DisplayName) >= 0 ? RouteOf(context) : endpoint as RouteEndpoint;
        return route?.RoutePattern.RawText is { } pattern
            ? Method(context.Request.Method) + (pattern.StartsWith('/') ? " " : " /") + pattern
            : Array.IndexOf(Rejections, endpoint.DisplayName) >= 0 ? null : endpoint.DisplayName;
    }

    /// <summary>Returns the route that matches the path of a request that was rejected for another reason.</summary>
    private static RouteEndpoint? RouteOf(HttpContext context) =>
        context.RequestServices.GetService<EndpointDataSource>()?.Endpoints.OfType<RouteEndpoint>()
            .Where(route => new TemplateMatcher(new RouteTemplate(route.RoutePattern), []).TryMatch(context.Request.Path, []))
            .MinBy(route => (route.Order, route.RoutePattern.InboundPrecedence));

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
