using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Tenants;

/// <summary>
/// The stored data of an invitation's waiting mail. Other versions of the server may read it: members are added, never renamed.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(InvitationMail))]
internal sealed partial class InvitationMailJson : JsonSerializerContext;
