using System.Text.Json;

namespace TelemetryKit.Bench.Abuse;

/// <summary>The keys of a project.</summary>
/// <param name="Write">A live key, which is public.</param>
/// <param name="Read">A read key.</param>
internal sealed record Keys(string Write, string Read);

/// <summary>What is attacked, and who uses it.</summary>
/// <param name="Url">The address of the server.</param>
/// <param name="Honest">A project of a tenant on the plan Business.</param>
/// <param name="Free">A project of another tenant, on the plan Free.</param>
/// <param name="Attacker">A project of the attacker's own tenant, on the plan Free.</param>
/// <param name="Email">The address of an account whose password is guessed.</param>
/// <param name="Password">Its password, which only the honest client uses.</param>
internal sealed record Target(Uri Url, Keys Honest, Keys Free, Keys Attacker, string Email, string Password)
{
    /// <summary>Serializes it for another process.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Parses the result of <see cref="ToJson"/>.</summary>
    public static Target FromJson(string json) => JsonSerializer.Deserialize<Target>(json)!;
}
