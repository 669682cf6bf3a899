using System.Text.Json.Serialization;
using TelemetryKit.Api.Http.Json;

namespace TelemetryKit.Api.Tenants;

/// <summary>The request and response bodies of tenants, members and invitations.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(PlansBody))]
[JsonSerializable(typeof(TenantBody))]
[JsonSerializable(typeof(TenantsBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(InviteBody))]
[JsonSerializable(typeof(InvitationBody))]
[JsonSerializable(typeof(InvitationsBody))]
[JsonSerializable(typeof(HandOverBody))]
internal sealed partial class TenantsJson : JsonSerializerContext
{
    /// <summary>The context to write with: see <see cref="WireJson.ForWire"/>.</summary>
    public static TenantsJson Wire => field ??= new(Default.Options.ForWire());
}
