using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Accounts;
using TelemetryKit.Grains.Accounts.Passwords;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Accounts.Access;

/// <summary>Checks the members of a body and collects every fault before any is told.</summary>
internal sealed class BodyChecks
{
    private readonly List<ParameterFault> _faults = [];

    /// <summary>The problem that names every fault; <c>null</c> where there is none.</summary>
    public Problem? Problem => _faults.Count == 0 ? null : ProblemKind.InvalidParameter.AsProblem() with { Errors = _faults };

    /// <summary>Notes a fault.</summary>
    public void Fault(string member, string message) => _faults.Add(new(member, message));

    /// <summary>Notes a fault where the condition doesn't hold.</summary>
    public void Must(bool holds, string member, string message)
    {
        if (!holds)
            Fault(member, message);
    }

    /// <summary>An address.</summary>
    public EmailAddress? Email(string member, string? text)
    {
        var email = EmailAddress.TryParse(text);
        Must(email is not null, member, "It must be an e-mail address that mail can be sent to.");
        return email;
    }

    /// <summary>A name.</summary>
    public string Name(string member, string? text)
    {
        var name = DisplayName.TryParse(text);
        Must(name is not null, member, $"It {DisplayName.Rule}.");
        return name ?? "";
    }

    /// <summary>A password to be set.</summary>
    public string NewPassword(string member, string? text, EmailAddress? email)
    {
        if (text is null)
            Fault(member, "It is required.");
        else if (PasswordPolicy.FaultOf(text, email) is { } fault)
            Fault(member, $"It {fault}.");
        return text ?? "";
    }

    /// <summary>A text that must be there. Nothing is that long.</summary>
    public string Text(string member, string? text)
    {
        Must(text is { Length: > 0 and <= 1_000 }, member, "It is required.");
        return text ?? "";
    }

    /// <summary>A role that can be given.</summary>
    public Role Role(string member, string? code)
    {
        var known = RoleCodes.TryParse(code, out var role) && role != Grains.Accounts.Roles.Role.Owner;
        Must(known, member, "It must be viewer, member or admin.");
        return role;
    }
}
