using TelemetryKit.Api.Access;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Mail;
using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Api.Tenants;

/// <summary>Registers and maps the routes of tenants, members and invitations.</summary>
internal static class TenantsSetup
{
    /// <summary>Registers the services and bodies of the routes.</summary>
    public static void AddTenants(this IServiceCollection services)
    {
        services.AddBodies(TenantsJson.Default);
        services.AddSingleton<IMailWriter, InvitationMails>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        routes.MapPublic("Tenants").MapGet("/v1/plans", TenantHandlers.Plans).WithName("listPlans")
            .AcceptsNoInput().Returns<PlansBody>("Returns the plans of the hosted service.");

        var tenants = routes.MapManagement("Tenants");
        tenants.MapGet("/v1/tenants", TenantHandlers.ListAsync).WithName("listTenants")
            .Needs(Needs.AnyCaller).AcceptsNoInput()
            .Returns<TenantsBody>("Returns the tenants of which the account is a member, or the tenant of the API token.");
        tenants.MapPost("/v1/tenants", TenantHandlers.CreateAsync).WithName("createTenant")
            .Needs(Needs.Session).AcceptsJson<NameBody>().Fails(AccountProblems.Conflict, AccountProblems.LimitReached)
            .ReturnsCreated<TenantBody>("Creates a tenant on the Free plan. Only on the hosted service.");
        tenants.MapGet("/v1/tenants/{tenant:guid}", TenantHandlers.Get).WithName("getTenant")
            .Needs(Needs.To(Permission.Read)).AcceptsNoInput().Returns<TenantBody>("Returns a tenant with its plan.");
        tenants.MapPatch("/v1/tenants/{tenant:guid}", TenantHandlers.RenameAsync).WithName("renameTenant")
            .Needs(Needs.To(Permission.ManageTenant)).AcceptsJson<NameBody>().ReturnsNothing("Renames a tenant.");
        tenants.MapPost("/v1/tenants/{tenant:guid}/deletion", TenantHandlers.DeleteAsync).WithName("deleteTenant")
            .Needs(Needs.To(Permission.DeleteTenant).WithoutToken()).AcceptsJson<PasswordBody>().FailsReauthentication()
            .Fails(AccountProblems.Conflict)
            .Returns<RemovedBody>("Deletes a tenant and all its data, and returns how much was deleted.");
        tenants.MapPost("/v1/tenants/{tenant:guid}/ownership", TenantHandlers.HandOverAsync).WithName("transferTenant")
            .Needs(Needs.To(Permission.HandOver).WithoutToken()).AcceptsJson<HandOverBody>().FailsReauthentication()
            .ReturnsNothing("Transfers a tenant to another member. The previous owner becomes an admin.");

        var members = routes.MapManagement("Members");
        members.MapGet("/v1/tenants/{tenant:guid}/members", MemberHandlers.ListAsync).WithName("listMembers")
            .Needs(Needs.To(Permission.Read).WithoutToken()).AcceptsNoInput().Returns<MembersBody>("Returns the members of a tenant.");
        members.MapPatch("/v1/tenants/{tenant:guid}/members/{account:guid}", MemberHandlers.SetRoleAsync).WithName("setMemberRole")
            .Needs(Needs.To(Permission.ManageMembers)).AcceptsJson<RoleBody>().ReturnsNothing("Changes the role of a member.");
        members.MapDelete("/v1/tenants/{tenant:guid}/members/{account:guid}", MemberHandlers.RemoveAsync).WithName("removeMember")
            .Needs(Needs.To(Permission.Leave)).AcceptsQuery(MemberHandlers.RemoveParameters)
            .Fails(AccountProblems.Conflict, ProblemKind.InvalidParameter)
            .ReturnsNothing("Removes a member, which requires an admin, or leaves the tenant with the id of the own account.");
        members.MapGet("/v1/tenants/{tenant:guid}/invitations", InvitationHandlers.ListAsync).WithName("listInvitations")
            .Needs(Needs.To(Permission.ManageMembers)).AcceptsNoInput().Returns<InvitationsBody>("Returns the open invitations.");
        members.MapPost("/v1/tenants/{tenant:guid}/invitations", InvitationHandlers.InviteAsync).WithName("createInvitation")
            .Needs(Needs.To(Permission.ManageMembers)).AcceptsJson<InviteBody>()
            .Fails(AccountProblems.PlanRequired, AccountProblems.Conflict, ProblemKind.RateLimited)
            .ReturnsCreated<InvitationBody>("Invites a person by e-mail. The invitation replaces an open one to the same address.");
        members.MapDelete("/v1/tenants/{tenant:guid}/invitations/{invitation:guid}", InvitationHandlers.RevokeAsync)
            .WithName("revokeInvitation").Needs(Needs.To(Permission.ManageMembers)).AcceptsNoInput()
            .ReturnsNothing("Revokes an invitation.");
        members.MapPost("/v1/invitations/accept", InvitationHandlers.AcceptAsync).WithName("acceptInvitation")
            .Needs(Needs.Session).AcceptsJson<TokenBody>().Fails(AccountProblems.InvalidLink, AccountProblems.PlanRequired)
            .Returns<TenantBody>("Joins a tenant with the token of the invitation link.");
    }
}
