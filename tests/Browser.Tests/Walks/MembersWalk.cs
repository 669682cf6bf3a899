using Microsoft.Playwright;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>People are invited, join with a new account or their own, and are removed.</summary>
public sealed class MembersWalk(Chromium chromium, Sites sites)
{
    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task Invited_people_join_and_see_the_project(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var owners = await chromium.OpenAsync(site.Server.Address);
        var owner = await Customer.SignUpAsync(site, owners);
        await owner.SubscribeAsync("business");
        var project = await owner.CreateProjectAsync("our-tool");
        await owners.GoAsync(project + "/settings/members");

        // Grace has no account yet.
        var grace = Customer.NewEmail("grace");
        await using var graces = await chromium.OpenAsync(site.Server.Address);
        await InviteAsync(owners, grace);
        await graces.GoAsync(await site.MailedLinkAsync("invitation", grace));
        await graces.LookAsync($"invitation-{storage}");
        await graces.PressAsync("Create an account");
        await graces.FillAsync("Your name", "Grace");
        await graces.FillAsync("E-mail", grace);
        await graces.PressAsync("Send me the link");
        await graces.SeesHeadingAsync("Look into your mailbox");
        await graces.GoAsync(await site.MailedLinkAsync("verify", grace));
        await graces.FillAsync("Password", Customer.Password);
        await graces.PressAsync("Begin");
        await graces.Page.WaitForURLAsync($"**{project}");
        await graces.SeesHeadingAsync("No events yet in this period");

        // Linus has one, and isn't signed in on this machine.
        await using var linuses = await chromium.OpenAsync(site.Server.Address);
        var linus = await Customer.SignUpAsync(site, linuses, "Linus");
        await linuses.Page.Context.ClearCookiesAsync();
        await InviteAsync(owners, linus.Email);
        await linuses.GoAsync(await site.MailedLinkAsync("invitation", linus.Email));
        await linuses.FollowAsync("I have an account");
        await linuses.FillAsync("E-mail", linus.Email);
        await linuses.FillAsync("Password", Customer.Password);
        await linuses.PressAsync("Sign in");
        await linuses.SeesAsync($"You join as {linus.Email}");
        await linuses.PressAsync("Join");
        await linuses.Page.WaitForURLAsync($"**{project}");

        await RemoveAsync(owners, linuses, project, storage);
    }

    private static async Task InviteAsync(Visitor owner, string email)
    {
        await owner.FillAsync("E-mail", email);
        await owner.PressAsync("Send the invitation");
        await owner.SeesAsync($"A mail to {email} is on its way");
    }

    private static async Task RemoveAsync(Visitor owner, Visitor removed, string project, string storage)
    {
        await owner.Page.ReloadAsync();
        var members = owner.Page.GetByRole(AriaRole.Table, new() { Name = "Members" });
        await members.GetByText("Grace", new() { Exact = true }).First.WaitForAsync();
        await owner.SeesAsync("Nobody is invited");
        await owner.LookAsync($"members-{storage}");
        await owner.PressAsync("Remove Linus");
        await owner.ConfirmAsync("Remove");
        await members.GetByText("Linus", new() { Exact = true }).First.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        removed.Expect("status of 404");
        await removed.GoAsync(project);
        await removed.SeesAsync("doesn’t exist");
    }
}
