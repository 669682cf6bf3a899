using Microsoft.Playwright;
using OtpNet;
using TelemetryKit.Browser.Tests.Harness;

namespace TelemetryKit.Browser.Tests.Walks;

/// <summary>The second factor, a forgotten password, and a change of the address.</summary>
public sealed class AccountWalk(Chromium chromium, Sites sites)
{
    private const string NewPassword = "quite another passphrase";

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_second_factor_is_turned_on_and_asked_for(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        await customer.CreateProjectAsync("my-cli");
        await visitor.GoAsync("/account");
        var panel = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "Second factor" });
        await panel.GetByLabel("Current password").FillAsync(Customer.Password);
        await visitor.PressAsync("Turn it on");
        var app = new Totp(Base32Encoding.ToBytes((await panel.GetByLabel("The secret").InnerTextAsync()).Trim()));
        await visitor.LookAsync($"second-factor-{storage}");
        await visitor.FillAsync("Code of the app", app.ComputeTotp());
        await visitor.PressAsync("Confirm");
        var codes = (await panel.GetByLabel("Recovery codes").InnerTextAsync()).Split('\n');
        Assert.Equal(10, codes.Length);
        await visitor.PressAsync("I have them");

        // A code works once, so that of the next 30 seconds is used.
        await SignInAgainAsync(visitor, customer.Email, Customer.Password);
        await visitor.SeesHeadingAsync("Second factor");
        await visitor.LookAsync($"second-factor-sign-in-{storage}");
        await visitor.FillAsync("Code of your authenticator app", app.ComputeTotp(DateTime.UtcNow.AddSeconds(30)));
        await visitor.PressAsync("Continue");
        await visitor.SeesHeadingAsync("No events yet in this period");

        // The phone is lost.
        await SignInAgainAsync(visitor, customer.Email, Customer.Password);
        await visitor.PressAsync("Use a recovery code");
        await visitor.FillAsync("Recovery code", codes[0]);
        await visitor.PressAsync("Continue");
        await visitor.SeesHeadingAsync("No events yet in this period");
        await visitor.GoAsync("/account");
        await visitor.SeesAsync("9 recovery codes are left");
    }

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_forgotten_password_is_replaced(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        await customer.CreateProjectAsync("my-cli");
        await visitor.Page.Context.ClearCookiesAsync();
        await visitor.GoAsync("/sign-in");
        await visitor.FollowAsync("Password forgotten?");
        await visitor.FillAsync("E-mail", customer.Email);
        await visitor.PressAsync("Send me a link");
        await visitor.SeesHeadingAsync("Look into your mailbox");
        var link = await site.MailedLinkAsync("password-reset", customer.Email);
        await visitor.GoAsync(link);
        await visitor.FillAsync("New password", NewPassword);
        await visitor.PressAsync("Set the password");
        await visitor.SeesHeadingAsync("The new password is set");
        await visitor.FollowAsync("Sign in");

        visitor.Expect("status of 401");
        await SignInAsync(visitor, customer.Email, Customer.Password);
        await visitor.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visitor.IsAccessibleAsync();
        await SignInAsync(visitor, customer.Email, NewPassword);
        await visitor.SeesHeadingAsync("No events yet in this period");

        // The link works once.
        visitor.Expect("status of 400");
        await visitor.GoAsync(link);
        await visitor.FillAsync("New password", NewPassword);
        await visitor.PressAsync("Set the password");
        await visitor.SeesHeadingAsync("This link doesn’t work any more");
    }

    [Theory, MemberData(nameof(Sites.Storages), MemberType = typeof(Sites))]
    public async Task A_new_address_is_confirmed_and_the_change_undone(string storage)
    {
        var site = await sites.HostedAsync(storage);
        await using var visitor = await chromium.OpenAsync(site.Server.Address);
        var customer = await Customer.SignUpAsync(site, visitor);
        var other = Customer.NewEmail("ada.new");
        await visitor.GoAsync("/account");
        var panel = visitor.Page.GetByRole(AriaRole.Region, new() { Name = "E-mail" });
        await panel.GetByLabel("New address").FillAsync(other);
        await panel.GetByLabel("Current password").FillAsync(Customer.Password);
        await visitor.PressAsync("Send the link");
        await visitor.SeesAsync("A link to the new address is on its way");
        await visitor.GoAsync(await site.MailedLinkAsync("email-change", other));
        await visitor.PressAsync("Confirm");
        await visitor.SeesHeadingAsync("Done");
        await visitor.GoAsync("/account");
        await visitor.SeesAsync(other);

        // It was someone else. The former mailbox and the password are enough.
        await using var victim = await chromium.OpenAsync(site.Server.Address);
        await victim.GoAsync(await site.MailedLinkAsync("email-undo", customer.Email));
        await victim.FillAsync("Password", Customer.Password);
        await victim.PressAsync("Undo the change");
        await victim.SeesHeadingAsync("Done");
        await victim.GoAsync(await site.MailedLinkAsync("password-reset", customer.Email));
        await victim.FillAsync("New password", NewPassword);
        await victim.PressAsync("Set the password");
        await victim.FollowAsync("Sign in");
        await SignInAsync(victim, customer.Email, NewPassword);
        await victim.SeesHeadingAsync("What do you publish?");

        // All sessions have ended.
        visitor.Expect("status of 401");
        await visitor.GoAsync("/account");
        await visitor.SeesHeadingAsync("Sign in");
    }

    private static async Task SignInAgainAsync(Visitor visitor, string email, string password)
    {
        await visitor.GoAsync("/");
        await visitor.PressAsync("Sign out");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).First.ClickAsync();
        await SignInAsync(visitor, email, password);
    }

    private static async Task SignInAsync(Visitor visitor, string email, string password)
    {
        await visitor.FillAsync("E-mail", email);
        await visitor.FillAsync("Password", password);
        await visitor.PressAsync("Sign in");
    }
}
