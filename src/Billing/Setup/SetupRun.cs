namespace TelemetryKit.Billing.Setup;

/// <summary>The state of one run.</summary>
internal sealed class SetupRun(bool isCheck)
{
    private readonly List<StripeSetupStep> _steps = [];
    private readonly List<string> _secrets = [];

    /// <summary>Whether nothing may be changed.</summary>
    public bool IsCheck => isCheck;

    /// <summary>What was found and done.</summary>
    public StripeSetupResult Result => new() { Steps = [.. _steps], NewWebhookSecrets = [.. _secrets] };

    /// <summary>Adds a step.</summary>
    public void Add(string kind, string name, StripeSetupOutcome outcome, string? detail = null) =>
        _steps.Add(new(kind, name, outcome, detail));

    /// <summary>Adds the secret of a destination that was created.</summary>
    public void AddSecret(string? secret)
    {
        if (!string.IsNullOrEmpty(secret))
            _secrets.Add(secret);
    }

    /// <summary>Creates what is missing, unless it is a check.</summary>
    public async Task CreateAsync(string kind, string name, Func<Task> create)
    {
        if (!isCheck)
            await create();
        Add(kind, name, isCheck ? StripeSetupOutcome.Missing : StripeSetupOutcome.Created);
    }

    /// <summary>Changes what differs, unless it is a check.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="differences">The names of what differs.</param>
    /// <param name="update">Changes it.</param>
    public async Task UpdateAsync(string kind, string name, IReadOnlyCollection<string> differences, Func<Task> update)
    {
        if (differences.Count == 0)
        {
            Add(kind, name, StripeSetupOutcome.Unchanged);
            return;
        }

        if (!isCheck)
            await update();
        Add(kind, name, isCheck ? StripeSetupOutcome.Different : StripeSetupOutcome.Updated, string.Join(", ", differences));
    }
}
