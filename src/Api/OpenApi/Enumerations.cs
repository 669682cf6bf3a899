using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using TelemetryKit.Api.Accounts.Me;
using TelemetryKit.Api.Billing;
using TelemetryKit.Api.Export;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Sharing;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Deprecation;
using TelemetryKit.Core.Stats.Series;

namespace TelemetryKit.Api.OpenApi;

/// <summary>A closed set of strings: a component of the document, to which properties and parameters refer.</summary>
/// <param name="Name">The name of the component.</param>
/// <param name="Description">What the strings stand for.</param>
/// <param name="Values">The strings.</param>
internal sealed record Enumeration(string Name, string Description, IEnumerable<string> Values)
{
    /// <summary>Adds the component to the document.</summary>
    public void AddTo(OpenApiDocument document) => document.Components!.Schemas![Name] = new OpenApiSchema
    {
        Type = JsonSchemaType.String, Description = Description, Enum = [.. Values.Select(value => (JsonNode)value)],
    };
}

/// <summary>The enumerations of the API. A property or parameter has the enumeration of its name, in every schema and operation.</summary>
internal static class Enumerations
{
    private static readonly Dictionary<string, Enumeration> ByName = new()
    {
        ["role"] = new(
            "Role", "The role of a member in a tenant. Each role includes the ones before it.",
            Enum.GetValues<Role>().Select(RoleCodes.Code)),
        ["scopes"] = new("TokenScope", "What an API token may do, in addition to the role of its owner.", TokenScopeRules.AllCodes),
        ["plan"] = new("Plan", "A plan. self_hosted is the plan of a tenant on your own server.", PlanTable.All.Select(plan => plan.Code)),
        ["features"] = new(
            "Feature", "A feature that a plan includes.", Enum.GetValues<Feature>().Where(f => f != Feature.None).Select(PlanGate.NameOf)),
        ["sections"] = new("ShareSection", "A part of the public page of a project.", ShareSectionCodes.All),
        ["kind"] = new(
            "KeyKind", "The kind of a key: live and test keys send events, read keys read statistics.",
            Enum.GetValues<KeyKind>().Select(KeyBody.CodeOf)),
        ["env"] = new("Environment", "The environment of events: sent with live keys or with test keys.", ["live", "test"]),
        ["sign_up"] = new(
            "SignUpMode", "Who can sign up: everyone, the first person (who becomes the owner), or people with an invitation.",
            ["open", "first", "invitation"]),
        ["interval"] = new(
            "SeriesInterval", "The width of a point in a series.",
            Enum.GetNames<SeriesInterval>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        ["group"] = new("VersionGroup", "How versions are grouped.", ["none", "minor", "major"]),
        ["verdict"] = new(
            "DeprecationVerdict", "Whether something can be removed.",
            Enum.GetNames<DeprecationVerdict>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)),
        ["state"] = new("ErasureState", "Whether an erasure waits or is done.", ["waiting", "done"]),
        ["format"] = new("ExportFormat", "The format of an exported file.", ["jsonl", "csv"]),
        [ExportFormats.Enumeration] = new("AnswerFormat", "The format of an answer.", ExportFormats.Parameter.Values!),
        ["Content-Encoding"] = new("ContentEncoding", "The compression of a body.", ["gzip", "br", "deflate", "identity"]),
    };

    // The rate limit refuses a whole request, so it is an error code.
    private static readonly Enumeration RejectionReason = new(
        "RejectionReason", "The reason why an event was not counted.",
        Enum.GetValues<DropReason>().Where(r => r is not (DropReason.None or DropReason.RateLimited)).Select(DropReasons.Code));

    private static readonly Enumeration Methods = new("SignInMethod", "How a session was started.", ["password", "github"]);

    // Only in the document of a server that bills.
    private static readonly Enumeration BillingIntervals = new("BillingInterval", "How often a subscription is paid.", ["month", "year"]);

    private static readonly Enumeration BillingPages = new(
        "BillingPageKind",
        "A page of the payment provider. checkout: to subscribe. card: to replace a card that failed, because there is a subscription. "
        + "portal: to change the card, the address and the tax id.",
        ["checkout", "card", "portal"]);

    private static readonly Enumeration PlanChanges = new(
        "PlanChangeOutcome",
        "What a change of the plan did. changed: at once. scheduled: when the period ends. ends: the subscription ends when the "
        + "period does. undone: a scheduled change or end was dropped. unchanged: it was so already.",
        ["changed", "scheduled", "ends", "undone", "unchanged"]);

    private static readonly Enumeration Kinds = new(
        nameof(AccuracyKind),
        "How accurate an answer is. exact: every number is exact. estimate: distinct counts are estimates, all others are exact. "
        + "truncated: there were more names than the counters keep, so some are missing, or their counts are intervals.",
        Enum.GetNames<AccuracyKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));

    private static readonly Enumeration[] OfBilling = [BillingIntervals, BillingPages, PlanChanges];

    /// <summary>Returns a reference to the enumeration of a parameter.</summary>
    public static OpenApiSchemaReference ReferenceOf(string parameter, OpenApiDocument document) => new(ByName[parameter].Name, document);

    /// <summary>Adds the components, and replaces properties that have an enumeration by references to it.</summary>
    /// <param name="document">The document, with all other schemas.</param>
    /// <param name="errorCodes">The codes of <see cref="ProblemResponses.Schema"/>.</param>
    public static void AddTo(OpenApiDocument document, IEnumerable<string> errorCodes)
    {
        HashSet<Enumeration> ofBilling = [];
        var errorCode = new Enumeration("ErrorCode", "The stable code of an error.", errorCodes);
        foreach (var (name, schema) in document.Components!.Schemas!)
        {
            foreach (var (property, described) in schema.Properties?.ToArray() ?? [])
            {
                var enumeration = (name, property) switch
                {
                    (ProblemResponses.Schema, "code") => errorCode,
                    (nameof(Ingest.RejectedBody), "code") => RejectionReason,
                    (nameof(Accuracy), "kind") => Kinds,
                    (nameof(SignInItem), "method") => Methods,
                    (nameof(CheckoutBody) or nameof(ChangeBody) or nameof(BillingBody) or nameof(NextPlanBody), "interval") =>
                        BillingIntervals,
                    (nameof(BillingPageBody), "kind") => BillingPages,
                    (nameof(ChangedBody), "outcome") => PlanChanges,
                    (nameof(BillingBody), "subscribed_plan") => ByName["plan"],
                    _ => ByName.GetValueOrDefault(property),
                };
                if (enumeration is not null && OfBilling.Contains(enumeration))
                    ofBilling.Add(enumeration);
                if (enumeration is not null && described is OpenApiSchema inline)
                    schema.Properties![property] = Replace(inline, enumeration.Name, document);
            }
        }

        foreach (var enumeration in ByName.Values.Append(RejectionReason).Append(Kinds).Append(Methods).Append(errorCode).Concat(ofBilling))
            enumeration.AddTo(document);
    }

    private static IOpenApiSchema Replace(OpenApiSchema property, string component, OpenApiDocument document)
    {
        var reference = new OpenApiSchemaReference(component, document);
        if (property.Type is not { } type)
            return property;
        if (type.HasFlag(JsonSchemaType.Array))
        {
            property.Items = reference;
            return property;
        }

        if (type.HasFlag(JsonSchemaType.Null))
        {
            var nothing = new OpenApiSchema { Type = JsonSchemaType.Null };
            return new OpenApiSchema { Description = property.Description, OneOf = [nothing, reference] };
        }

        reference.Description = property.Description;
        return reference;
    }
}
