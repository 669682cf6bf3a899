using System.Security.Cryptography;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Erasures;

/// <summary>
/// Handlers with which users of tools erase what they sent. The secret proves that the caller is the user, so the key may be public.
/// Neither the secret nor the id that is derived from it is stored; the keyed hash of the id is, until the erasure is done.
/// </summary>
internal static class ErasureHandlers
{
    public static async Task<IResult> EraseAsync(
        HttpContext http, KeyRing keys, ErasureThrottles throttles, IAccountStore store, Receipts receipts, Readiness readiness,
        TimeProvider time)
    {
        if (!readiness.IsStarted)
            return ProblemKind.StorageUnavailable.With("The server is starting. Send the same request again.");
        if (PresentedKey.InHeaders(http.Request.Headers) is not { } presented)
            return ProblemKind.InvalidKey.With("Send a live or test key as \"Authorization: Bearer KEY\" or as \"X-Api-Key: KEY\".");
        var found = await keys.FindAsync(presented, http.Connection.RemoteIpAddress, http.RequestAborted);
        if (WriteKeys.FindRefusal(found) is { } refusal)
            return refusal;
        var key = found.Key!;
        if (throttles.OfSource(http) is { } tooMany)
            return tooMany;
        var (userId, problem) = await ReadUserIdAsync(http);
        if (userId is null)
            return problem!;

        var projectId = key.Project.Ref.ProjectId;
        var install = IdentityHasher.Install(key.Project.Secret, userId);
        // A secret that was just made up doesn't prove anything, and anyone can make up many.
        if (!await store.Erasures.HasInstallAsync(projectId, install, http.RequestAborted)
            && throttles.OfUnknownInstall(key.KeyId) is { } tooManyUnknown)
            return tooManyUnknown;
        var erasure = new Erasure { Id = NewId(), ProjectId = projectId, AskedAt = time.GetUtcNow() };
        var stored = await store.Erasures.AddAsync(erasure, install, http.RequestAborted);
        http.Response.Headers.Location = $"/v1/erasures/{stored.Id}";
        return await ReturnAsync(receipts, stored, StatusCodes.Status202Accepted, http.RequestAborted);
    }

    public static async Task<IResult> FindAsync(
        HttpContext http, Guid erasure, ErasureThrottles throttles, IAccountStore store, Receipts receipts)
    {
        if (throttles.Receipt(http) is { } tooMany)
            return tooMany;
        return await store.Erasures.FindAsync(erasure, http.RequestAborted) is { } found
            ? await ReturnAsync(receipts, found, StatusCodes.Status200OK, http.RequestAborted)
            : ProblemKind.NotFound.AsProblem();
    }

    public static async Task<IResult> DescribeAsync(HttpContext http, ReceiptKeys keys)
    {
        var all = await keys.ListAsync(http.RequestAborted);
        var body = new WellKnownBody("v1", "1.0", [.. all.Select(ReceiptKeys.Publish)]);
        return TypedResults.Json(body, ErasuresJson.Wire.WellKnownBody);
    }

    private static async Task<(string? UserId, Problem? Problem)> ReadUserIdAsync(HttpContext http)
    {
        var (body, problem) = await http.ReadJsonAsync(ErasuresJson.Default.EraseBody);
        if (body is null)
            return (null, problem);
        var checks = new BodyChecks();
        var secret = InstallSecret.TryParse(body.Secret);
        checks.Require(secret is not null, "secret", $"It must be {InstallSecret.Length} bytes in base64url without padding.");
        checks.Require(
            CodePoints.IsBetween(body.ServiceName, 1, Limits.NameLength), "service_name",
            $"It must have 1 to {Limits.NameLength} characters.");
        return checks.Problem is { } refusal ? (null, refusal) : (InstallSecret.UserId(body.ServiceName!, secret), null);
    }

    // All random bits come from the generator for secrets, which Guid.NewGuid doesn't promise.
    private static Guid NewId()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)(0x40 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static async Task<IResult> ReturnAsync(Receipts receipts, Erasure erasure, int status, CancellationToken cancellationToken) =>
        TypedResults.Json(await receipts.OfAsync(erasure, cancellationToken), ErasuresJson.Wire.ReceiptBody, statusCode: status);
}
