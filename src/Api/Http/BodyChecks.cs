using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Passwords;
using TelemetryKit.Core.Accounts.Roles;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Api.Http;

/// <summary>Validates the members of a body and collects all faults.</summary>
internal sealed class BodyChecks
{
    private readonly List<ParameterFault> _faults = [];

    /// <summary>The problem with all faults, or <c>null</c> if there are none.</summary>
    public Problem? Problem => _faults.Count == 0 ? null : ProblemKind.InvalidParameter.AsProblem() with { Errors = _faults };

    /// <summary>Adds a fault.</summary>
    public void Fault(string member, string message) => _faults.Add(new(member, message));

    /// <summary>Adds a fault if the condition is false.</summary>
    public void Require(bool holds, string member, string message)
    {
        if (!holds)
            Fault(member, message);
    }

    /// <summary>Validates an e-mail address.</summary>
    public EmailAddress? Email(string member, string? text)
    {
        var email = EmailAddress.TryParse(text);
        Require(email is not null, member, "It must be an e-mail address that mail can be sent to.");
        return email;
    }

    /// <summary>Validates a display name.</summary>
    public string Name(string member, string? text)
    {
        var name = DisplayName.TryParse(text);
        Require(name is not null, member, $"It {DisplayName.Rule}.");
        return name ?? "";
    }

    /// <summary>Validates a new password.</summary>
    public string NewPassword(string member, string? text, EmailAddress? email)
    {
        if (text is null)
            Fault(member, "It is required.");
        else if (PasswordPolicy.FaultOf(text, email) is { } fault)
            Fault(member, $"It {fault}.");
        return text ?? "";
    }

    /// <summary>Validates a required text of at most 1,000 characters.</summary>
    public string Text(string member, string? text)
    {
        Require(CodePoints.IsBetween(text, 1, 1_000), member, "It is required.");
        return text ?? "";
    }

    /// <summary>Validates a role that can be assigned: any but the owner's.</summary>
    public Role Role(string member, string? code)
    {
        var known = RoleCodes.TryParse(code, out var role) && role != Core.Accounts.Roles.Role.Owner;
        Require(known, member, "It must be viewer, member or admin.");
        return role;
    }
}
