using TelemetryKit.Api.Accounts;
using TelemetryKit.Api.Accounts.Access;
using TelemetryKit.Api.Mail;
using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Problems;
using TelemetryKit.Grains.Accounts.Roles;

namespace TelemetryKit.Api.Tenants;

/// <summary>Registers and maps the routes about tenants, their members and invitations.</summary>
internal static class TenantsSetup
{
    /// <summary>Registers what the routes need.</summary>
    public static void AddTenants(this IServiceCollection services) => services.AddSingleton<IMailWriter, InvitationMails>();

    /// <summary>Maps the routes.</summary>
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        routes.MapPublic("Tenants").MapGet("/v1/plans", TenantHandlers.Plans).TakesNothing().Answers<PlansBody>("The plans of the hosted service.");

        var tenants = routes.MapManagement("Tenants");
        tenants.MapGet("/v1/tenants", TenantHandlers.ListAsync).Needs(Needs.AnyCaller).TakesNothing()
            .Answers<TenantsBody>("The tenants you are a member of; with an API token, the one it is for.");
        tenants.MapPost("/v1/tenants", TenantHandlers.CreateAsync).Needs(Needs.Session).TakesJson<NameBody>().Fails(AccountProblems.Conflict, AccountProblems.LimitReached)
            .AnswersCreated<TenantBody>("Makes another tenant, on the Free plan (hosted service only).");
        tenants.MapGet("/v1/tenants/{tenant:guid}", TenantHandlers.Get).Needs(Needs.To(Permission.Read)).TakesNothing().Answers<TenantBody>("A tenant with its plan.");
        tenants.MapPatch("/v1/tenants/{tenant:guid}", TenantHandlers.RenameAsync).Needs(Needs.To(Permission.ManageTenant)).TakesJson<NameBody>()
            .AnswersNothing("Renames the tenant.");
        tenants.MapPost("/v1/tenants/{tenant:guid}/deletion", TenantHandlers.DeleteAsync).Needs(Needs.To(Permission.DeleteTenant).WithoutToken()).TakesJson<PasswordBody>()
            .FailsAgain().Fails(AccountProblems.Conflict).Answers<RemovedBody>("Deletes the tenant and everything in it, and says how much that was.");
        tenants.MapPost("/v1/tenants/{tenant:guid}/ownership", TenantHandlers.HandOverAsync).Needs(Needs.To(Permission.HandOver).WithoutToken()).TakesJson<HandOverBody>()
            .FailsAgain().AnswersNothing("Hands the tenant over to another member; you become an admin.");

        var members = routes.MapManagement("Members");
        members.MapGet("/v1/tenants/{tenant:guid}/members", MemberHandlers.ListAsync).Needs(Needs.To(Permission.Read)).TakesNothing().Answers<MembersBody>("The members.");
        members.MapPatch("/v1/tenants/{tenant:guid}/members/{account:guid}", MemberHandlers.SetRoleAsync).Needs(Needs.To(Permission.ManageMembers)).TakesJson<RoleBody>()
            .AnswersNothing("Changes a member's role.");
        members.MapDelete("/v1/tenants/{tenant:guid}/members/{account:guid}", MemberHandlers.RemoveAsync).Needs(Needs.To(Permission.Leave)).TakesNothing()
            .Fails(AccountProblems.Conflict).AnswersNothing("Removes a member, which takes an admin; with your own id, you leave.");
        members.MapGet("/v1/tenants/{tenant:guid}/invitations", InvitationHandlers.ListAsync).Needs(Needs.To(Permission.ManageMembers)).TakesNothing()
            .Answers<InvitationsBody>("The open invitations.");
        members.MapPost("/v1/tenants/{tenant:guid}/invitations", InvitationHandlers.InviteAsync).Needs(Needs.To(Permission.ManageMembers)).TakesJson<InviteBody>()
            .Fails(AccountProblems.PlanRequired, AccountProblems.Conflict, ProblemKind.RateLimited).AnswersCreated<InvitationBody>("Invites somebody by mail, in place of an open invitation to the same address.");
        members.MapDelete("/v1/tenants/{tenant:guid}/invitations/{invitation:guid}", InvitationHandlers.RevokeAsync).Needs(Needs.To(Permission.ManageMembers)).TakesNothing()
            .AnswersNothing("Takes an invitation back.");
        members.MapPost("/v1/invitations/accept", InvitationHandlers.AcceptAsync).Needs(Needs.Session).TakesJson<TokenBody>().Fails(AccountProblems.InvalidLink)
            .Answers<TenantBody>("Joins the tenant of an invitation's link.");
    }
}
