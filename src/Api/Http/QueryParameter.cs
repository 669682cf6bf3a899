namespace TelemetryKit.Api.Http;

/// <summary>A parameter of a query string, as it is checked and as the OpenAPI document shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does.</param>
/// <param name="Type">JSON type: <c>string</c> or <c>integer</c>.</param>
internal sealed record QueryParameter(string Name, string Description, string Type = "string")
{
    /// <summary>JSON schema format, such as <c>date</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The only values there are; <c>null</c> where any will do.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Smallest number.</summary>
    public int Minimum { get; init; }

    /// <summary>Largest number, or most characters.</summary>
    public int Maximum { get; init; }

    /// <summary>What holds where it isn't given; <c>null</c> where nothing does.</summary>
    public string? Default { get; init; }

    /// <summary>A request without it is refused.</summary>
    public bool Required { get; init; }
}

/// <summary>Endpoint metadata: all the parameters a route takes. Any other is a fault, so that a typing error never widens an answer unnoticed.</summary>
internal sealed record QueryParameters(params IReadOnlyList<QueryParameter> All);
