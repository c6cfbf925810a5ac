using System.Data.Common;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Messaging;
using DbUp.Engine;

namespace Connect.Silo.Storage;

/// <summary>The one database of the program: ledgers, grain state, reminders, and with PostgreSQL the list of silos.</summary>
internal abstract class CreditsDatabase : IDisposable
{
    /// <summary>Orleans' name for the ADO.NET provider.</summary>
    public abstract string Invariant { get; }

    /// <summary>Connections for Orleans' providers, and for small statements that are the same on every database.</summary>
    public abstract DbDataSource DataSource { get; }

    /// <summary>Where ledgers are kept.</summary>
    public abstract ILedgerStore Ledger { get; }

    /// <summary>Where opt-outs are kept.</summary>
    public abstract IOptOutStore OptOuts { get; }

    /// <summary>Takes what this process must have for itself and brings the schema up to date; several processes may do so at once. Throws with what a person can do.</summary>
    public abstract void Start(ILoggerFactory logging);

    /// <summary>Whether every script of the schema has been run.</summary>
    public bool SchemaIsCurrent() => !Schema(null).IsUpgradeRequired();

    /// <summary>Whether the database answers; throws why not.</summary>
    public async Task Ping(CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>The scripts and the journal of those that were run; logs nothing without a factory.</summary>
    protected abstract UpgradeEngine Schema(ILoggerFactory? logging);

    /// <summary>Runs the scripts that were not run yet.</summary>
    protected void Upgrade(ILoggerFactory logging)
    {
        var schema = Schema(logging);
        if (!schema.IsUpgradeRequired())
            return;
        var result = schema.PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"The schema script {result.ErrorScript?.Name} failed, and nothing of it was kept: {result.Error.Message}", result.Error);
    }
}
