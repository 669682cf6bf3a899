namespace TelemetryKit.Api.Http;

/// <summary>A parameter of a query string, used for validation and for the OpenAPI document.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">The description in the OpenAPI document.</param>
/// <param name="Type">JSON type: <c>string</c> or <c>integer</c>.</param>
internal sealed record QueryParameter(string Name, string Description, string Type = "string")
{
    /// <summary>JSON schema format, such as <c>date</c>.</summary>
    public string? Format { get; init; }

    /// <summary>The allowed values, or <c>null</c> if any value is allowed.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>The key of its values among the enumerations of the OpenAPI document; <c>null</c> if it is the name.</summary>
    public string? Enumeration { get; init; }

    /// <summary>The minimum of a number.</summary>
    public int Minimum { get; init; }

    /// <summary>The maximum of a number, or the maximum length of a text.</summary>
    public int Maximum { get; init; }

    /// <summary>The default value, or <c>null</c> if there is none.</summary>
    public string? Default { get; init; }

    /// <summary>
    /// The prefix of the names that are values of this parameter, such as <c>meta.</c>; <c>null</c> for a parameter with one name. In the
    /// OpenAPI document it is an object whose properties are such names.
    /// </summary>
    public string? Prefix { get; init; }

    /// <summary>An example of a value.</summary>
    public string? Example { get; init; }

    /// <summary>Whether a request without it is rejected.</summary>
    public bool Required { get; init; }

    /// <summary>Returns whether a name in a query string is that of the parameter.</summary>
    public bool Has(string name) => Prefix is null ? name == Name : name.StartsWith(Prefix, StringComparison.Ordinal);
}

/// <summary>Endpoint metadata: all parameters of a route. Unknown parameters are rejected, so a misspelled filter isn't ignored.</summary>
internal sealed record QueryParameters(params IReadOnlyList<QueryParameter> All);
