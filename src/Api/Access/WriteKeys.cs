using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Access;

/// <summary>Checks that a key that was looked up is a live or test key.</summary>
internal static class WriteKeys
{
    /// <summary>Returns the problem, or <c>null</c> if the key may send.</summary>
    public static Problem? FindRefusal(KeyLookUp found) => found switch
    {
        { RetryAfter: { } wait } => AccountProblems.TooManyUnknown(wait),
        { Key: null } => ProblemKind.InvalidKey.With("The key is unknown or revoked."),
        { Key.Kind: KeyKind.Read } => ProblemKind.WrongKey.With("This is a read key. Use a live or test key."),
        _ => null,
    };
}
