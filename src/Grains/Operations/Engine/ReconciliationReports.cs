using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Operations;

namespace Connect.Grains.Operations.Engine;

/// <summary>How runs begin, what is written into their reports, and how they end. Pure.</summary>
public static class ReconciliationReports
{
    /// <summary>A run that was interrupted for longer is given up. One that comes further may take as long as it needs.</summary>
    public static readonly TimeSpan LongestInterruption = TimeSpan.FromHours(6);

    private const int MaxSuspects = 500;

    // A daily run is due a little before a day is over, or the hourly ticks would make it later every day.
    private static readonly TimeSpan s_day = TimeSpan.FromHours(23.5);

    /// <summary>What the hourly reminder starts.</summary>
    public static ReconciliationKind Due(ReconciliationState state, DateTimeOffset now) =>
        state.LongAt is { } last && now - last < s_day ? ReconciliationKind.Hourly : ReconciliationKind.Daily;

    /// <summary>
    /// Puts a run into the queue, or does nothing when one waits there already. One on demand that runs is enough for another; what waits for the reminder becomes the one on demand, which compares more.
    /// </summary>
    public static ReconciliationState Queue(ReconciliationState state, ReconciliationKind kind, string actor, DateTimeOffset now)
    {
        if (kind == ReconciliationKind.OnDemand && OnDemand(state) is not null) return state;
        if (state.Reports.FirstOrDefault(report => report.Status == ReconciliationStatus.Queued) is { } waits)
            return kind == ReconciliationKind.OnDemand ? With(state, waits.Id, report => report with { Kind = kind, Actor = actor }) : state;

        var report = new ReconciliationReport
        {
            Id = FormattableString.Invariant($"{state.Count + 1}"), Kind = kind, Status = ReconciliationStatus.Queued, Actor = actor, Since = now, Until = now, StartedAt = now,
        };
        return state with { Count = state.Count + 1, Reports = Kept([report, .. state.Reports]) };
    }

    /// <summary>The run on demand that waits or runs, or null.</summary>
    public static ReconciliationReport? OnDemand(ReconciliationState state) =>
        state.Reports.FirstOrDefault(report => report is { Kind: ReconciliationKind.OnDemand, Status: ReconciliationStatus.Queued or ReconciliationStatus.Running });

    /// <summary>Begins the queued run, if there is one and none is under way.</summary>
    public static ReconciliationState Begin(ReconciliationState state, DateTimeOffset now)
    {
        if (state.Run is not null || state.Reports.LastOrDefault(report => report.Status == ReconciliationStatus.Queued) is not { } next) return state;

        var window = next.Kind == ReconciliationKind.Hourly ? ReconciliationRules.HourlyWindow : ReconciliationRules.DailyWindow;
        var first = next.Kind == ReconciliationKind.OnDemand ? RunStage.Accounts : RunStage.Intents;
        return With(state with { Run = new RunProgress { ReportId = next.Id, Stage = first } }, next.Id, report => report with
        {
            Status = ReconciliationStatus.Running, StartedAt = now, Since = now - window, Until = now - ReconciliationRules.Young,
        });
    }

    /// <summary>Ends the run under way.</summary>
    public static ReconciliationState End(ReconciliationState state, ReconciliationStatus status, string? failure, DateTimeOffset now)
    {
        if (state.Run is not { } run) return state;

        var report = Report(state, run.ReportId);
        var covered = status == ReconciliationStatus.Completed && report.Kind != ReconciliationKind.Hourly;
        return With(state with { Run = null, LongAt = covered ? report.StartedAt : state.LongAt }, run.ReportId, one => one with { Status = status, EndedAt = now, Failure = failure });
    }

    /// <summary>The report of the run under way.</summary>
    public static ReconciliationReport Report(ReconciliationState state, string id) => state.Reports.Single(report => report.Id == id);

    /// <summary>Changes a report.</summary>
    public static ReconciliationState With(ReconciliationState state, string id, Func<ReconciliationReport, ReconciliationReport> change) =>
        state with { Reports = [.. state.Reports.Select(report => report.Id == id ? change(report) : report)] };

    /// <summary>Writes a healed purchase into a report; one that was healed in two ways counts once.</summary>
    public static ReconciliationReport Heal(ReconciliationReport report, string purchase) => report.HealedPurchases.Contains(purchase) ? report : report with
    {
        Healed = report.Healed + 1,
        HealedPurchases = report.HealedPurchases.Length < IReconciliationGrain.MaxKept ? report.HealedPurchases.Add(purchase) : report.HealedPurchases,
    };

    /// <summary>Writes a finding into a report.</summary>
    public static ReconciliationReport Find(ReconciliationReport report, Suspect suspect) => report with
    {
        FindingCount = report.FindingCount + 1,
        Findings = report.Findings.Length < IReconciliationGrain.MaxKept
            ? report.Findings.Add(new PaymentFinding
            {
                Kind = suspect.Kind, Words = suspect.Words, Purchase = suspect.Purchase, IntentId = suspect.IntentId, MoneyBackId = suspect.MoneyBackId,
            })
            : report.Findings,
    };

    /// <summary>Keeps a suspect for the end; false when there are too many, so that it is a finding at once.</summary>
    public static bool TrySuspect(ref RunProgress run, Suspect suspect)
    {
        if (run.Suspects.Length >= MaxSuspects) return false;

        run = run with { Suspects = run.Suspects.Add(suspect) };
        return true;
    }

    /// <summary>Writes a check of an account into a report; null is one that could not be made, with why not.</summary>
    public static ReconciliationReport Check(ReconciliationReport report, string accountId, AccountCheck? check, string? error)
    {
        var sum = report.Accounts ?? new AccountsReport();
        var messages = check?.Findings ?? [$"The account could not be checked: {error}"];
        return report with
        {
            Accounts = sum with
            {
                Accounts = sum.Accounts + 1,
                Entries = sum.Entries + (check?.Entries ?? 0),
                Totals = check is null ? sum.Totals : Sum(sum.Totals, check.FromLedger),
                FindingCount = sum.FindingCount + (messages.IsEmpty ? 0 : 1),
                Findings = messages.IsEmpty || sum.Findings.Length >= IReconciliationGrain.MaxKept
                    ? sum.Findings
                    : sum.Findings.Add(new AccountFinding { AccountId = accountId, Messages = messages }),
            },
        };
    }

    /// <summary>Writes into a report whether all accounts were checked: the list was gone through, and none waits to be looked at once more.</summary>
    public static ReconciliationReport EndOfAccounts(ReconciliationReport report, RunProgress run) =>
        report with { Accounts = (report.Accounts ?? new()) with { Ended = run.Suspects.All(suspect => suspect.Stage != RunStage.Accounts) } };

    private static CreditTotals Sum(CreditTotals one, CreditTotals other) => new()
    {
        Granted = one.Granted + other.Granted,
        Spent = one.Spent + other.Spent,
        Expired = one.Expired + other.Expired,
        Voided = one.Voided + other.Voided,
        Revoked = one.Revoked + other.Revoked,
        Available = one.Available + other.Available,
    };

    // What says that all was well is the first to go.
    private static ImmutableArray<ReconciliationReport> Kept(ImmutableArray<ReconciliationReport> reports)
    {
        while (reports.Length > IReconciliationGrain.MaxKept)
        {
            var dull = reports.LastOrDefault(report =>
                report is { EndedAt: not null, FindingCount: 0, Healed: 0, Accounts: null or { FindingCount: 0 } } and not { Status: ReconciliationStatus.Failed or ReconciliationStatus.Abandoned });
            reports = reports.Remove(dull ?? reports.Last(report => report.EndedAt is not null));
        }

        return reports;
    }
}
