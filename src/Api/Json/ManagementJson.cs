using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Admin;
using TelemetryKit.Api.Audit;
using TelemetryKit.Api.Keys;
using TelemetryKit.Api.Projects;
using TelemetryKit.Api.Tenants;
using TelemetryKit.Api.Usage;
using TelemetryKit.Grains.Accounts;

namespace TelemetryKit.Api.Json;

/// <summary>
/// Every body of the management API, both ways. A member that a body doesn't have is refused: a typing error in a setting must not pass for a change. What
/// has no value is written as null, so that a client sees all there is.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(UtcTimeConverter)])]
[JsonSerializable(typeof(SignUpBody))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(PendingSignUp))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(OwnersLinkBody))]
[JsonSerializable(typeof(SignInBody))]
[JsonSerializable(typeof(CodeBody))]
[JsonSerializable(typeof(EmailBody))]
[JsonSerializable(typeof(ResetBody))]
[JsonSerializable(typeof(SignedInBody))]
[JsonSerializable(typeof(CsrfBody))]
[JsonSerializable(typeof(AccountBody))]
[JsonSerializable(typeof(OptionsBody))]
[JsonSerializable(typeof(MeBody))]
[JsonSerializable(typeof(NameBody))]
[JsonSerializable(typeof(ChangeEmailBody))]
[JsonSerializable(typeof(ChangePasswordBody))]
[JsonSerializable(typeof(PasswordBody))]
[JsonSerializable(typeof(PasswordAndCodeBody))]
[JsonSerializable(typeof(TotpBody))]
[JsonSerializable(typeof(RecoveryCodesBody))]
[JsonSerializable(typeof(SessionsBody))]
[JsonSerializable(typeof(RemovedBody))]
[JsonSerializable(typeof(PlansBody))]
[JsonSerializable(typeof(TenantBody))]
[JsonSerializable(typeof(TenantsBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(RoleBody))]
[JsonSerializable(typeof(InviteBody))]
[JsonSerializable(typeof(InvitationBody))]
[JsonSerializable(typeof(InvitationsBody))]
[JsonSerializable(typeof(HandOverBody))]
[JsonSerializable(typeof(ProjectBody))]
[JsonSerializable(typeof(ProjectsBody))]
[JsonSerializable(typeof(SettingsBody))]
[JsonSerializable(typeof(NewKeyBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(CreatedKeyBody))]
[JsonSerializable(typeof(KeysBody))]
[JsonSerializable(typeof(NewTokenBody))]
[JsonSerializable(typeof(CreatedTokenBody))]
[JsonSerializable(typeof(ApiTokensBody))]
[JsonSerializable(typeof(AuditBody))]
[JsonSerializable(typeof(AuditEntryBody))]
[JsonSerializable(typeof(SetPlanBody))]
[JsonSerializable(typeof(UsageBody))]
internal sealed partial class ManagementJson : JsonSerializerContext
{
    /// <summary>The one to write with: see <see cref="ApiJson.Wire"/>.</summary>
    public static ManagementJson Wire => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
