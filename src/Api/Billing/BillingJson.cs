using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Billing;

/// <summary>The bodies of the routes of billing.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(CheckoutBody))]
[JsonSerializable(typeof(ChangeBody))]
[JsonSerializable(typeof(OverageBody))]
[JsonSerializable(typeof(BillingPageBody))]
[JsonSerializable(typeof(CheckoutReturnBody))]
[JsonSerializable(typeof(CheckoutReturnedBody))]
[JsonSerializable(typeof(ChangedBody))]
[JsonSerializable(typeof(BillingBody))]
internal sealed partial class BillingJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static BillingJson Wire => field ??= new(Default.Options.ForWire());
}
