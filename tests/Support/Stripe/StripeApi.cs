using System.Text.Json.Nodes;

namespace TelemetryKit.Support.Stripe;

/// <summary>A request.</summary>
/// <param name="Parameters">The parameters of the query or the body.</param>
/// <param name="Arguments">The ids in the path, in order.</param>
internal sealed record StripeCall(JsonObject Parameters, IReadOnlyList<string> Arguments)
{
    /// <summary>The first id in the path.</summary>
    public string Id => Arguments[0];
}

/// <summary>The routes. A segment <c>*</c> is an id.</summary>
internal sealed class StripeApi
{
    private readonly List<(string Method, string[] Path, Func<StripeCall, JsonObject> Handle)> _routes = [];

    /// <summary>Adds a route that reads.</summary>
    public void Get(string path, Func<StripeCall, JsonObject> handle) => _routes.Add(("GET", path.Split('/'), handle));

    /// <summary>Adds a route that writes.</summary>
    public void Post(string path, Func<StripeCall, JsonObject> handle) => _routes.Add(("POST", path.Split('/'), handle));

    /// <summary>Adds a route that deletes.</summary>
    public void Delete(string path, Func<StripeCall, JsonObject> handle) => _routes.Add(("DELETE", path.Split('/'), handle));

    /// <summary>Handles a request.</summary>
    /// <exception cref="StripeFault">It is refused.</exception>
    public JsonObject Handle(string method, string path, JsonObject parameters)
    {
        var steps = path.Split('/');
        foreach (var (known, pattern, handle) in _routes)
        {
            if (known != method || pattern.Length != steps.Length)
                continue;
            var isMatch = true;
            List<string> arguments = [];
            for (var i = 0; i < steps.Length && isMatch; i++)
            {
                if (pattern[i] == "*")
                    arguments.Add(Uri.UnescapeDataString(steps[i]));
                else
                    isMatch = pattern[i] == steps[i];
            }

            if (isMatch)
                return handle(new(parameters, arguments));
        }

        throw new StripeFault(404, "invalid_request_error", $"Unrecognized request URL ({method}: {path}).");
    }
}
