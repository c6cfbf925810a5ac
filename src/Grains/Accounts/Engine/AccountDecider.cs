using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>
/// Every rule of an account's credits. Pure: state, command and time in; outcome and entries out. Batches that are past their expiry are expired before anything else is decided,
/// and whatever was posted, auto top-up is looked at last, so one append holds a debit together with the top-up it caused.
/// </summary>
public static class AccountDecider
{
    /// <summary>Operation ids that begin with this are the account's own.</summary>
    public const char OwnOperationPrefix = '~';

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3_660);

    /// <summary>Decides a command.</summary>
    public static Decision Decide(AccountState account, AccountCommand command, DecisionContext context)
    {
        if (RefuseShape(command) is { } refused) return Refuse(account, refused);
        if (context.Posted is { } posted) return Replay(account, command, posted);
        if (!account.IsOpen && command is not OpenAccount) return Refuse(account, PostOutcome.UnknownAccount);

        var draft = new Draft(account, context.Now);
        draft.ExpireDue();
        var result = command switch
        {
            Debit debit => Spend(draft, debit),
            DebitRecipients debit => SpendPrefix(draft, debit),
            Grant grant => Add(draft, grant),
            Reverse reverse => GiveBack(draft, reverse, context),
            VoidBatch end => End(draft, end),
            SetAutoTopUp set => Set(draft, set),
            SuspendAutoTopUp suspend => Suspend(draft, suspend),
            RevokeCredits revoke => Revoke(draft, revoke, context),
            RestoreCredits restore => Restore(draft, restore, context),
            StopAutoTopUp stop => Stop(draft, stop),
            ResumeAutoTopUp resume => Resume(draft, resume),
            OpenAccount open => Open(draft, open),
            _ => throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "No such command."),
        };
        draft.StartTopUpIfDue();
        return draft.Decided(result);
    }

    /// <summary>Whether an operation id may name an operation: only then is there any sense in looking it up.</summary>
    public static bool IsOperationId([NotNullWhen(true)] string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > AccountLimits.MaxOperationIdLength || id[0] == OwnOperationPrefix) return false;
        foreach (var c in id)
            if (char.IsControl(c) || char.IsSurrogate(c))
                return false;
        return true;
    }

    /// <summary>Posts what time alone has brought: expiries, and the top-up they cause.</summary>
    public static Decision Tick(AccountState account, DateTimeOffset now)
    {
        var draft = new Draft(account, now);
        if (account.IsOpen)
        {
            draft.ExpireDue();
            draft.StartTopUpIfDue();
        }

        return draft.Decided(new PostResult { Outcome = PostOutcome.NotApplicable, Available = draft.State.Available });
    }

    /// <summary>The next instant at which <see cref="Tick"/> may post something, or null: an expiry, or the month in which a top-up that the cap stopped goes on.</summary>
    public static DateTimeOffset? NextTick(AccountState account, DateTimeOffset now)
    {
        DateTimeOffset? expiry = account.Live.IsEmpty ? null : account.Live[0].ExpiresAt;
        return AutoTopUpRules.CapEnds(account.AutoTopUp) is { } month && month > now && !(expiry < month) ? month : expiry;
    }

    private static PostOutcome? RefuseShape(AccountCommand command)
    {
        if (!IsOperationId(command.OperationId)) return PostOutcome.InvalidOperationId;
        if (!IsText(command.Reference) || !IsText(command.Actor)) return PostOutcome.InvalidText;
        return command switch
        {
            Debit debit => IsAmount(debit.Credits) ? null : PostOutcome.InvalidAmount,
            DebitRecipients debit => AreAmounts(debit.CreditsPerRecipient) ? null : PostOutcome.InvalidAmount,
            Grant grant => !IsAmount(grant.Credits) || grant.Paid < 0 ? PostOutcome.InvalidAmount : grant.PurchaseId is { } id && !IsText(id) ? PostOutcome.InvalidText : null,
            Reverse reverse => IsAmount(reverse.Credits) ? null : PostOutcome.InvalidAmount,
            RevokeCredits revoke => !IsAmount(revoke.Credits) ? PostOutcome.InvalidAmount : IsText(revoke.PurchaseId) ? null : PostOutcome.InvalidText,
            StopAutoTopUp stop => IsText(stop.Message) ? null : PostOutcome.InvalidText,
            SetAutoTopUp set => AutoTopUpRules.AreSound(set.Settings) ? null : PostOutcome.InvalidSettings,
            SuspendAutoTopUp suspend => IsText(suspend.PurchaseId) && IsText(suspend.Message) ? null : PostOutcome.InvalidText,
            _ => null,
        };
    }

    /// <summary>What every store can keep: bounded, no zero characters, no halves of surrogate pairs. One entry that cannot be stored would fail the group of others.</summary>
    private static bool IsText(string? text)
    {
        if (text is not { Length: <= AccountLimits.MaxTextLength }) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i])) return false;
            if (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i]))) return false;
        }

        return true;
    }

    private static bool IsAmount(long credits) => credits is >= 1 and <= AccountLimits.MaxCredits;

    private static bool AreAmounts(ImmutableArray<int> amounts)
    {
        if (amounts.IsDefaultOrEmpty || amounts.Length > AccountLimits.MaxRecipients) return false;
        foreach (var amount in amounts)
            if (amount is < 1 or > (int)AccountLimits.MaxCredits)
                return false;
        return true;
    }

    private static Decision Refuse(AccountState account, PostOutcome outcome) =>
        new(new PostResult { Outcome = outcome, Available = account.Available }, [], account);

    private static Decision Replay(AccountState account, AccountCommand command, LedgerEntry posted)
    {
        if (posted.Fingerprint != Fingerprint.Of(command)) return Refuse(account, PostOutcome.OperationIdReused);
        return new Decision(Answer(posted, PostOutcome.AlreadyPosted), [], account);
    }

    private static PostResult Answer(LedgerEntry entry, PostOutcome outcome) => new()
    {
        Outcome = outcome,
        Sequence = entry.Sequence,
        Credits = Math.Abs(entry.Credits),
        AcceptedRecipients = entry.AcceptedRecipients,
        Available = entry.BalanceAfter,
        Shortfall = entry.Detail?.Shortfall ?? 0,
    };

    private static PostResult Open(Draft draft, OpenAccount command)
    {
        // Open already, under another operation id: nothing to post, and the account is as asked.
        if (draft.State.IsOpen) return new PostResult { Outcome = PostOutcome.AlreadyPosted, Sequence = 1, Available = draft.State.Available };
        return draft.Post(command, EntryKind.Opened, 0, []);
    }

    private static PostResult Add(Draft draft, Grant command)
    {
        var expiresAt = Draft.WholeMilliseconds(command.ExpiresAt ?? draft.Now + AccountLimits.BatchLifetime);
        if (expiresAt <= draft.Now || expiresAt > draft.Now + LongestLife) return draft.Refused(PostOutcome.InvalidExpiry);

        // What was paid for is always granted; the bound holds for gifts.
        var paid = command.Source is GrantSource.Purchase or GrantSource.AutoTopUp;
        if (!paid && draft.State.Available > AccountLimits.MaxCredits - command.Credits) return draft.Refused(PostOutcome.BalanceLimit);

        var detail = new EntryDetail { Source = command.Source, ExpiresAt = expiresAt, PurchaseId = command.PurchaseId, Paid = paid ? command.Paid : null };
        return draft.Post(command, EntryKind.Grant, command.Credits, [new Draw(draft.State.Sequence + 1, command.Credits)], detail);
    }

    private static PostResult Spend(Draft draft, Debit command) => command.Credits > draft.State.Available
        ? draft.Refused(PostOutcome.InsufficientCredits) with { Required = command.Credits }
        : draft.Post(command, EntryKind.Debit, -command.Credits, draft.DrawInBurnOrder(command.Credits));

    private static PostResult SpendPrefix(Draft draft, DebitRecipients command)
    {
        var (accepted, credits, required) = (0, 0L, 0L);
        foreach (var amount in command.CreditsPerRecipient)
        {
            // The first who cannot be paid in full ends it, even if a cheaper one behind could be.
            if (required == credits && credits + amount <= draft.State.Available)
            {
                accepted++;
                credits += amount;
            }

            required += amount;
        }

        if (accepted == 0) return draft.Refused(PostOutcome.InsufficientCredits) with { Required = required };
        return draft.Post(command, EntryKind.Debit, -credits, draft.DrawInBurnOrder(credits), accepted: accepted) with { Required = required };
    }

    private static PostResult GiveBack(Draft draft, Reverse command, DecisionContext context)
    {
        if (context.About is not { Kind: EntryKind.Debit } debit) return draft.Refused(PostOutcome.UnknownDebit);
        if (command.Credits > -debit.Credits - context.AlreadyReversed) return draft.Refused(PostOutcome.ReversalExceedsDebit);

        var draws = LastDrawnFirst(debit.Draws, skip: context.AlreadyReversed, command.Credits);
        var result = draft.Post(command, EntryKind.Reversal, command.Credits, draws, reverses: debit.Sequence);
        draft.EndAgain(draws, result.Sequence);
        return result with { Available = draft.State.Available };
    }

    /// <summary>Credits go back in the opposite order of the draws, so the batch that burnt last is whole first, and parts of one debit never overlap.</summary>
    private static ImmutableArray<Draw> LastDrawnFirst(ImmutableArray<Draw> draws, long skip, long credits)
    {
        var back = ImmutableArray.CreateBuilder<Draw>(draws.Length);
        for (var i = draws.Length - 1; i >= 0 && credits > 0; i--)
        {
            var skipped = Math.Min(skip, draws[i].Credits);
            skip -= skipped;
            var taken = Math.Min(credits, draws[i].Credits - skipped);
            credits -= taken;
            if (taken > 0) back.Add(new Draw(draws[i].BatchId, taken));
        }

        return back.ToImmutable();
    }

    private static PostResult End(Draft draft, VoidBatch command)
    {
        var at = AccountState.IndexOf(draft.State.Live, command.BatchId);
        if (at < 0) return draft.Refused(PostOutcome.UnknownBatch);
        var remaining = draft.State.Live[at].Remaining;
        return draft.Post(command, EntryKind.Void, -remaining, [new Draw(command.BatchId, remaining)]);
    }

    private static PostResult Revoke(Draft draft, RevokeCredits command, DecisionContext context)
    {
        if (context.About is not { Kind: EntryKind.Grant } grant || grant.Detail?.PurchaseId != command.PurchaseId) return draft.Refused(PostOutcome.UnknownPurchase);
        if (command.Credits > grant.Credits) return draft.Refused(PostOutcome.InvalidAmount);

        var (draws, missing) = (ImmutableArray.CreateBuilder<Draw>(), command.Credits);
        foreach (var batch in draft.State.Live)
        {
            if (batch.PurchaseId != command.PurchaseId || missing == 0) continue;
            var taken = Math.Min(batch.Remaining, missing);
            draws.Add(new Draw(batch.Id, taken));
            missing -= taken;
        }

        var endsAt = draft.State.Live.Concat(draft.State.Ended).Where(batch => batch.PurchaseId == command.PurchaseId).Select(batch => batch.ExpiresAt).DefaultIfEmpty(draft.Now).Max();

        var detail = new EntryDetail { PurchaseId = command.PurchaseId, Source = grant.Detail.Source, ExpiresAt = endsAt, Shortfall = missing == 0 ? null : missing };
        return draft.Post(command, EntryKind.Revoke, missing - command.Credits, draws.ToImmutable(), detail);
    }

    private static PostResult Restore(Draft draft, RestoreCredits command, DecisionContext context)
    {
        if (context.About is not { Kind: EntryKind.Revoke, Reverses: 0 } revoked) return draft.Refused(PostOutcome.UnknownRevocation);
        if (context.AlreadyReversed > 0) return draft.Refused(PostOutcome.NotApplicable);

        // What it took at once, and what it took later from credits that came back.
        var credits = -revoked.Credits - context.AlreadyReversed;
        var detail = revoked.Detail! with { ExpiresAt = draft.Now + (revoked.Detail!.ExpiresAt!.Value - revoked.At), Shortfall = null };
        ImmutableArray<Draw> draws = credits == 0 ? [] : [new Draw(draft.State.Sequence + 1, credits)];
        return draft.Post(command, EntryKind.Restore, credits, draws, detail, reverses: revoked.Sequence);
    }

    private static PostResult Stop(Draft draft, StopAutoTopUp command) => AutoTopUpRules.TakesOperator(command.Reason)
        ? draft.Post(command, EntryKind.AutoTopUpSuspended, 0, [], new EntryDetail { Suspended = command.Reason, Message = command.Message })
        : draft.Refused(PostOutcome.NotApplicable);

    private static PostResult Set(Draft draft, SetAutoTopUp command)
    {
        if (command.ExpectedVersion is { } version && version != draft.State.AutoTopUp.Version) return draft.Refused(PostOutcome.VersionConflict);
        return draft.Post(command, EntryKind.AutoTopUpSet, 0, [], new EntryDetail { Settings = command.Settings });
    }

    private static PostResult Suspend(Draft draft, SuspendAutoTopUp command)
    {
        if (draft.State.AutoTopUp.InFlight != command.PurchaseId) return draft.Refused(PostOutcome.NotApplicable);
        var detail = new EntryDetail { PurchaseId = command.PurchaseId, Suspended = command.Reason, Message = command.Message };
        return draft.Post(command, EntryKind.AutoTopUpSuspended, 0, [], detail);
    }

    private static PostResult Resume(Draft draft, ResumeAutoTopUp command)
    {
        if (draft.State.AutoTopUp.Suspended is not { } suspended || !AutoTopUpRules.Resumes(suspended, command.Cause)) return draft.Refused(PostOutcome.NotApplicable);

        // What comes late must not end what was tried with its own card: a decline would repeat itself.
        if (command.Since < draft.State.AutoTopUp.LastAttemptAt) return draft.Refused(PostOutcome.NotApplicable);
        return draft.Post(command, EntryKind.AutoTopUpResumed, 0, []);
    }

    /// <summary>The entries of one decision as they grow, with the state after them.</summary>
    private sealed class Draft(AccountState account, DateTimeOffset now)
    {
        private ImmutableArray<LedgerEntry> _entries = [];

        public AccountState State { get; private set; } = account;

        /// <summary>Whole milliseconds, and never before the last entry: another host's clock may be behind.</summary>
        public DateTimeOffset Now { get; } = WholeMilliseconds(now) is var at && at < account.LastAt ? account.LastAt : at;

        public static DateTimeOffset WholeMilliseconds(DateTimeOffset at) => new(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

        public Decision Decided(PostResult result) => new(result, _entries, State);

        public PostResult Refused(PostOutcome outcome) => new() { Outcome = outcome, Available = State.Available };

        public PostResult Post(
            AccountCommand command, EntryKind kind, long credits, ImmutableArray<Draw> draws, EntryDetail? detail = null, int accepted = 0, long reverses = 0)
        {
            var entry = Append(new LedgerEntry
            {
                Sequence = State.Sequence + 1,
                OperationId = command.OperationId,
                Kind = kind,
                Credits = credits,
                BalanceAfter = checked(State.Available + credits),
                At = Now,
                Reference = command.Reference,
                Actor = command.Actor,
                Draws = draws,
                Fingerprint = Fingerprint.Of(command),
                AcceptedRecipients = accepted,
                Reverses = reverses,
                Detail = detail,
            });
            return Answer(entry, PostOutcome.Posted);
        }

        public ImmutableArray<Draw> DrawInBurnOrder(long owed)
        {
            var first = State.Live[0];
            if (first.Remaining >= owed) return [new Draw(first.Id, owed)];

            var draws = ImmutableArray.CreateBuilder<Draw>();
            foreach (var batch in State.Live)
            {
                var taken = Math.Min(batch.Remaining, owed);
                draws.Add(new Draw(batch.Id, taken));
                owed -= taken;
                if (owed == 0) break;
            }

            return draws.ToImmutable();
        }

        public void ExpireDue()
        {
            // Live is in burn order, so what is due comes first.
            while (!State.Live.IsEmpty && State.Live[0] is var batch && batch.ExpiresAt <= Now)
                AppendOwn(EntryKind.Expire, $"~expire:{Text(batch.Id)}", batch.ExpiresAt, new Draw(batch.Id, batch.Remaining));
        }

        /// <summary>Credits that came back to a batch which has expired or was voided do not stay, nor do those that a revocation of their purchase still misses.</summary>
        public void EndAgain(ImmutableArray<Draw> draws, long reversal)
        {
            foreach (var draw in draws)
            {
                var batch = State.Live[AccountState.IndexOf(State.Live, draw.BatchId)];
                if (batch.ExpiresAt <= Now) AppendOwn(EntryKind.Expire, $"~expire:{Text(batch.Id)}:{Text(reversal)}", Now, draw);
                else if (batch.Voided) AppendOwn(EntryKind.Void, $"~void:{Text(batch.Id)}:{Text(reversal)}", Now, draw);
                else Recover(batch, draw.Credits, reversal);
            }
        }

        private void Recover(CreditBatch batch, long credits, long reversal)
        {
            foreach (var shortfall in State.Shortfalls)
            {
                if (shortfall.PurchaseId != batch.PurchaseId || credits == 0) continue;
                var taken = Math.Min(shortfall.Credits, credits);
                credits -= taken;
                var id = $"~revoke:{Text(batch.Id)}:{Text(reversal)}:{Text(shortfall.Sequence)}";
                AppendOwn(EntryKind.Revoke, id, Now, new Draw(batch.Id, taken), shortfall.Sequence, new EntryDetail { PurchaseId = shortfall.PurchaseId });
            }
        }

        public void StartTopUpIfDue()
        {
            if (!AutoTopUpRules.ShouldStart(State, Now)) return;
            var sequence = State.Sequence + 1;
            Append(new LedgerEntry
            {
                Sequence = sequence,
                OperationId = $"~top-up:{Text(sequence)}",
                Kind = EntryKind.TopUpStarted,
                BalanceAfter = State.Available,
                At = Now,
                Detail = new EntryDetail { PurchaseId = $"top-up-{Text(sequence)}" },
            });
        }

        private void AppendOwn(EntryKind kind, string operationId, DateTimeOffset at, Draw draw, long reverses = 0, EntryDetail? detail = null) => Append(new LedgerEntry
        {
            Sequence = State.Sequence + 1,
            OperationId = operationId,
            Kind = kind,
            Credits = -draw.Credits,
            BalanceAfter = State.Available - draw.Credits,
            At = at,
            Draws = [draw],
            Reverses = reverses,
            Detail = detail,
        });

        private LedgerEntry Append(LedgerEntry entry)
        {
            State = State.Apply(entry);
            _entries = _entries.Add(entry);
            return entry;
        }

        private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
