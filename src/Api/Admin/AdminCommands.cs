using System.CommandLine;
using System.Globalization;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage;

namespace TelemetryKit.Api.Admin;

/// <summary>
/// The operator's commands, <c>TelemetryKit.Api admin …</c>. They access the store directly with the server's settings; the server may be
/// running or not.
/// </summary>
internal static class AdminCommands
{
    /// <summary>The first argument of all these commands.</summary>
    public const string Word = "admin";

    private const int PageSize = 500;

    /// <summary>Runs a command and returns the exit code of the process.</summary>
    /// <param name="args">The arguments after <see cref="Word"/>.</param>
    /// <param name="configuration">The source of the settings.</param>
    /// <param name="output">Receives the results.</param>
    /// <param name="errors">Receives the errors.</param>
    public static Task<int> RunAsync(IReadOnlyList<string> args, IConfiguration configuration, TextWriter output, TextWriter errors)
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
        list.SetAction((_, ct) => WithStoreAsync(configuration, errors, (store, _) => ListAsync(store, output, ct), ct));
        var set = new Command("set-plan", "Sets a tenant's plan and, for enterprise, its limits.")
        {
            tenant, plan, events, days, members, projects,
        };
        set.SetAction((parsed, ct) =>
        {
            var custom = new CustomLimits(
                parsed.GetValue(events), parsed.GetValue(days), parsed.GetValue(members), parsed.GetValue(projects));
            var (id, to) = (parsed.GetValue(tenant), PlanTable.Find(parsed.GetValue(plan)!)!);
            return WithStoreAsync(
                configuration, errors, (store, time) => SetPlanAsync(store, time, id, to, custom, output, errors, ct), ct);
        });
        var remove = new Command("remove-second-factor", "Removes the second factor of an account that has lost it and all recovery codes.")
        {
            email,
        };
        remove.SetAction((parsed, ct) =>
        {
            var account = parsed.GetValue(email)!;
            return WithStoreAsync(configuration, errors, (store, _) => RemoveSecondFactorAsync(store, account, output, errors, ct), ct);
        });

        var admin = new Command(
            Word, "Commands for the operator. They read the server's settings from the environment.") { list, set, remove };
        return new RootCommand { admin }.Parse([Word, .. args]).InvokeAsync(
            new InvocationConfiguration { Output = output, Error = errors });
    }

    private static async Task<int> WithStoreAsync(
        IConfiguration configuration,
        TextWriter errors,
        Func<IAccountStore, TimeProvider, Task<int>> work,
        CancellationToken cancellationToken)
    {
        var (settings, faults) = ServerSettings.Read(configuration, Settings.CommandLine.Parse([]));
        if (faults.Count > 0)
            return faults.Print(errors);
        var time = TimeProvider.System;
        try
        {
            await using var store = StoreFactory.Create(settings.Storage with { BesideServer = true }, time);
            await store.MigrateAsync(cancellationToken);
            return await work(store.Accounts, time);
        }
        catch (StorageUnavailableException e)
        {
            await errors.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> ListAsync(IAccountStore store, TextWriter output, CancellationToken cancellationToken)
    {
        Guid? after = null;
        while (true)
        {
            var page = await store.Tenants.ListAsync(after, PageSize, cancellationToken);
            foreach (var tenant in page)
                await output.WriteLineAsync(Describe(tenant));
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
        TextWriter output,
        TextWriter errors,
        CancellationToken cancellationToken)
    {
        var faults = custom.FaultsFor(plan);
        foreach (var fault in faults)
            await errors.WriteLineAsync(fault);
        if (faults.Count > 0)
            return 1;
        if (await new PlanChange(store, time).SetAsync(tenant, plan, custom, cancellationToken) is not { } changed)
        {
            await errors.WriteLineAsync("There is no such tenant.");
            return 1;
        }

        await output.WriteLineAsync(Describe(changed));
        return 0;
    }

    private static async Task<int> RemoveSecondFactorAsync(
        IAccountStore store, string email, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        if (EmailAddress.TryParse(email) is not { } address
            || await store.Accounts.FindByEmailAsync(address, cancellationToken) is not { } account)
        {
            await errors.WriteLineAsync("There is no account of that address.");
            return 1;
        }

        await store.SecondFactors.RemoveAsync(account.Id, cancellationToken);
        await store.Sessions.EndAllAsync(account.Id, kept: null, cancellationToken);
        await output.WriteLineAsync("The second factor was removed, and all sessions of the account were ended.");
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
