using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Operations;

namespace Connect.Api.Application;

/// <summary>What a reconciliation found.</summary>
/// <param name="Balanced">Whether every ledger agrees with its grain; null until all accounts were checked.</param>
/// <param name="Accounts">Accounts checked.</param>
/// <param name="Entries">Ledger entries read.</param>
/// <param name="Totals">Sums over these accounts, from the ledger alone.</param>
/// <param name="Findings">Accounts with something wrong, at most 50; the report counts all.</param>
/// <param name="StartedAt">When it began, UTC.</param>
/// <param name="EndedAt">When it ended, UTC; null while it goes on.</param>
/// <param name="Payments">The report: payments against ledgers, both ways; without an end while it goes on.</param>
public sealed record ReconciliationBody(
    bool? Balanced, long Accounts, long Entries, CreditTotals Totals, ImmutableArray<Finding> Findings, DateTimeOffset StartedAt, DateTimeOffset? EndedAt,
    ReconciliationReport? Payments = null)
{
    /// <summary>A report, and what it says of the accounts.</summary>
    internal static ReconciliationBody Of(ReconciliationReport report)
    {
        var accounts = report.Accounts ?? new();
        return new(
            accounts.Ended ? accounts.FindingCount == 0 : null, accounts.Accounts, accounts.Entries, accounts.Totals,
            [.. accounts.Findings.Select(finding => new Finding(finding.AccountId, finding.Messages))], report.StartedAt, report.EndedAt, report);
    }
}

/// <summary>What is wrong with one account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Messages">Every disagreement, in words.</param>
public sealed record Finding(string AccountId, ImmutableArray<string> Messages);
