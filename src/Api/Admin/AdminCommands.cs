using System.CommandLine;
using System.Globalization;
using TelemetryKit.Api.Accounts.Mails;
using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Secrets;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Core.Tenants;
using TelemetryKit.Storage;
using TelemetryKit.Storage.Sqlite;

namespace TelemetryKit.Api.Admin;

/// <summary>
/// The operator's commands, <c>TelemetryKit.Api admin …</c>. They access the store directly with the server's settings; the server may be
/// running or not.
/// </summary>
internal static class AdminCommands
{
    /// <summary>The first argument of all these commands.</summary>
    public const string CommandName = "admin";

    private const int PageSize = 500;

    /// <summary>Creates the command.</summary>
    /// <param name="configuration">Reads the settings.</param>
    public static Command Create(Func<IConfiguration> configuration)
    {
        var tenant = new Argument<Guid>("tenant") { Description = "The tenant's id." };
        var plan = new Argument<string>("plan") { Description = "The plan." };
        plan.AcceptOnlyFromAmong([.. PlanTable.All.Select(one => one.Code)]);
        var events = new Option<long?>("--events-per-month") { Description = "Live events in a UTC calendar month (enterprise)." };
        var days = new Option<int?>("--kept-days") { Description = "Days that data is kept (enterprise)." };
        var members = new Option<int?>("--members") { Description = "Members (enterprise)." };
        var projects = new Option<int?>("--projects") { Description = "Projects (enterprise)." };
        var email = new Argument<string>("email") { Description = "The account's address." };

        var list = new Command("list-tenants", "Lists all tenants with their plans.");
        list.SetAction((parsed, ct) => WithStoreAsync(configuration(), parsed, (store, _, console) => ListAsync(store, console, ct), ct));
        var set = new Command("set-plan", "Sets a tenant's plan and, for enterprise, its limits.")
        {
            tenant, plan, events, days, members, projects,
        };
        set.SetAction((parsed, ct) =>
        {
            var custom = new CustomLimits(
                parsed.GetValue(events), parsed.GetValue(days), parsed.GetValue(members), parsed.GetValue(projects));
            var (id, newPlan) = (parsed.GetValue(tenant), PlanTable.Find(parsed.GetValue(plan)!)!);
            return WithStoreAsync(
                configuration(), parsed, (store, time, console) => SetPlanAsync(store, time, id, newPlan, custom, console, ct), ct);
        });
        var lift = new Command("lift-plan", "Ends the plan that set-plan has set: the tenant has that of its subscription, or free.")
        {
            tenant,
        };
        lift.SetAction((parsed, ct) => WithStoreAsync(
            configuration(), parsed, (store, time, console) => LiftPlanAsync(store, time, parsed.GetValue(tenant), console, ct), ct));
        var remove = new Command("remove-second-factor", "Removes the second factor of an account that has lost it and all recovery codes.")
        {
            email,
        };
        remove.SetAction((parsed, ct) => WithStoreAsync(
            configuration(), parsed,
            (store, time, console) => RemoveSecondFactorAsync(store, parsed.GetValue(email)!, time.GetUtcNow(), console, ct), ct));

        var confirm = new Option<bool>("--confirm")
        {
            Description = "Confirms that the secret is lost: installs count as new ones from then on, and authenticator apps stop working.",
        };
        var replace = new Command(
            "replace-lost-secret", "Gives a database whose TELEMETRYKIT_SECRET is lost a new one. Stop all servers first.")
        {
            confirm,
        };
        replace.Validators.Add(parsed =>
        {
            if (!parsed.GetValue(confirm))
                parsed.AddError("The secret is replaced only with --confirm.");
        });
        replace.SetAction((parsed, ct) => WithStoreAsync(configuration(), parsed, ReplaceLostSecretAsync, skipProcessLock: false, ct));

        var replaceKey = new Command(
            "replace-receipt-key", "Replaces the key that signs receipts of erasures. Receipts of the former key can still be verified.");
        replaceKey.SetAction((parsed, ct) => WithStoreAsync(
            configuration(), parsed, (store, time, console) => ReplaceReceiptKeyAsync(store, time, console, ct), ct));

        var reported = new Option<int>("--days")
        {
            Description = "The days whose events are reported again.", DefaultValueFactory = _ => Limits.OverageReportAge.Days,
        };
        reported.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var number && (number < 1 || number > Limits.OverageReportAge.Days))
                result.AddError($"--days must be from 1 to {Limits.OverageReportAge.Days}.");
        });
        var again = new Command(
            "report-overage-again", "Lets the server report events above quotas again that Stripe has not accepted. None is billed twice.")
        {
            reported,
        };
        again.SetAction((parsed, ct) => WithStoreAsync(
            configuration(), parsed,
            (store, time, console) => ReportAgainAsync(store, time.GetUtcNow().AddDays(-parsed.GetValue(reported)), console, ct), ct));

        return new(CommandName, "Commands for the operator. They read the server's settings from the environment.")
        {
            list, set, lift, remove, replace, replaceKey, again, StripeCommands.Create(configuration),
            MigrateCommand.Create((parsed, work, ct) => WithStoreAsync(configuration(), parsed, work, skipProcessLock: false, ct)),
            BackupCommands.Backup(configuration), BackupCommands.Restore(configuration),
        };
    }

    private static async Task<int> ReportAgainAsync(
        IAccountStore store, DateTimeOffset since, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        var hours = await store.Billing.ReportAgainAsync(since, cancellationToken);
        await console.Output.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{hours} hours are reported again by the server within a minute."));
        return 0;
    }

    private static Task<int> WithStoreAsync(
        IConfiguration configuration,
        ParseResult parsed,
        Func<IAccountStore, TimeProvider, InvocationConfiguration, Task<int>> work,
        CancellationToken cancellationToken) =>
        WithStoreAsync(
            configuration,
            parsed,
            async (store, console, ct) =>
            {
                await store.MigrateAsync(ct);
                return await work(store.Accounts, TimeProvider.System, console);
            },
            skipProcessLock: true,
            cancellationToken);

    private static async Task<int> WithStoreAsync(
        IConfiguration configuration,
        ParseResult parsed,
        Func<IStore, InvocationConfiguration, CancellationToken, Task<int>> work,
        bool skipProcessLock,
        CancellationToken cancellationToken)
    {
        var console = parsed.InvocationConfiguration;
        var (settings, faults) = ServerSettings.Read(configuration, new CommandLine());
        if (faults.Count > 0)
            return faults.Print(console.Error);
        try
        {
            await using var store = StoreFactory.Create(
                settings.Storage with { SkipProcessLock = skipProcessLock }, TimeProvider.System);
            return await work(store, console, cancellationToken);
        }
        catch (ServerSecretException e)
        {
            await console.Error.WriteLineAsync(e.Message);
            return SettingFaults.ExitCode;
        }
        catch (Exception e) when (e is StorageUnavailableException or DatabaseInUseException)
        {
            await console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> ReplaceLostSecretAsync(
        IStore store, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        var projects = await store.ReplaceLostSecretAsync(cancellationToken);
        await console.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"The secret was replaced. {projects} projects have new secrets: their installs count as new ones from now on. People with an "
            + $"authenticator app sign in with a recovery code and set it up again."));
        return 0;
    }

    private static async Task<int> ReplaceReceiptKeyAsync(
        IAccountStore store, TimeProvider time, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        var key = ReceiptKeys.Create(time.GetUtcNow());
        await store.ReceiptKeys.ReplaceAsync(key, cancellationToken);
        await console.Output.WriteLineAsync($"Receipts are signed with the key {key.Id} within a minute.");
        return 0;
    }

    private static async Task<int> ListAsync(IAccountStore store, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        Guid? after = null;
        while (true)
        {
            var page = await store.Tenants.ListAsync(after, PageSize, cancellationToken);
            foreach (var tenant in page)
                await console.Output.WriteLineAsync(Describe(tenant));
            if (page.Count < PageSize)
                return 0;
            after = page[^1].Id;
        }
    }

    private static async Task<int> SetPlanAsync(
        IAccountStore store,
        TimeProvider time,
        Guid tenant,
        Plan plan,
        CustomLimits custom,
        InvocationConfiguration console,
        CancellationToken cancellationToken)
    {
        var faults = custom.FaultsFor(plan);
        foreach (var fault in faults)
            await console.Error.WriteLineAsync(fault);
        if (faults.Count > 0)
            return 1;
        if (await PlanChange.SetAsync(store, tenant, plan.Id, custom, time.GetUtcNow(), cancellationToken) is not { } changed)
        {
            await console.Error.WriteLineAsync("There is no such tenant.");
            return 1;
        }

        await console.Output.WriteLineAsync(Describe(changed));
        return 0;
    }

    private static async Task<int> LiftPlanAsync(
        IAccountStore store, TimeProvider time, Guid tenant, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (await PlanChange.LiftAsync(store, tenant, time.GetUtcNow(), cancellationToken) is not { } changed)
        {
            await console.Error.WriteLineAsync("There is no such tenant.");
            return 1;
        }

        await console.Output.WriteLineAsync(Describe(changed));
        return 0;
    }

    private static async Task<int> RemoveSecondFactorAsync(
        IAccountStore store, string email, DateTimeOffset now, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        if (EmailAddress.TryParse(email) is not { } address
            || await store.Accounts.FindByEmailAsync(address, cancellationToken) is not { } account)
        {
            await console.Error.WriteLineAsync("There is no account of that address.");
            return 1;
        }

        // A server that runs, or the next one, sends the mail.
        var notice = AccountMails.SecurityNotice(account, "The operator of the server removed the second factor of your account.");
        await store.SecondFactors.RemoveAsync(account.Id, notice.At(now), cancellationToken);
        await store.Sessions.EndAllAsync(account.Id, now, cancellationToken);
        await console.Output.WriteLineAsync("The second factor was removed, and all sessions of the account were ended.");
        return 0;
    }

    private static string Describe(Tenant tenant)
    {
        var plan = tenant.Plan;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tenant.Id}  {plan.Plan.Code,-12} events/month {Limit(plan.EventsPerMonth),-10} days {Limit(plan.KeptDays),-5} "
            + $"members {Limit(plan.Members),-5} projects {Limit(plan.Projects),-5} {tenant.Name}");
    }

    private static string Limit(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
