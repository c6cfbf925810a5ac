using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Purchases.Engine;
using Connect.Grains.Purchases.Stripe;
using Connect.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Purchases;

/// <summary>
/// An account's Stripe customer and saved cards. A new default card re-arms a suspended auto top-up; a reminder sees to it when a crash comes between.
/// Calls interleave, so that a slow Stripe holds up no reader; changes take turns.
/// </summary>
[Reentrant]
public sealed class CardsGrain(
    [PersistentState("cards", "grains")] IPersistentState<CardsState> stored, IStripeGateway stripe, TimeProvider clock, ILogger<CardsGrain> logger) : Grain, ICardsGrain, IRemindable, IDisposable
{
    private const string ReminderName = "resume";
    private const int MaxRemoved = 100;
    private static readonly TimeSpan s_reminderPeriod = TimeSpan.FromMinutes(1);

    // How long a person waits for one answer of Stripe: below the time limit of a client's call, or they would hear that the account is gone.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(8);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private CardsState _durable = new();
    private bool _lost;

    private string AccountId => this.GetPrimaryKeyString();

    /// <inheritdoc />
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _durable = stored.State;
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<CardSetup> BeginSetup(string returnUrl, string cancelUrl) =>
        Expect(await OfCustomer(customer => stripe.BeginSetup(customer, returnUrl, cancelUrl)), "The page to add a card could not be opened.");

    /// <inheritdoc />
    public async Task<SavedCard?> CompleteSetup(string sessionOrSetupIntentId)
    {
        if (!StripeNotice.IsId(sessionOrSetupIntentId) || _durable.CustomerId is not { } customer) return null;

        var answer = await InTime(stripe.ReadSetup(sessionOrSetupIntentId));
        if (answer.Problem is { Kind: not ProblemKind.Technical }) return null;

        var setup = Expect(answer, "The card could not be read.");
        return setup.CustomerId == customer && setup.Card is { } card && !_durable.Removed.Contains(card.Id) ? await Add(card) : null;
    }

    /// <inheritdoc />
    public async Task<bool> Refresh(string cardId)
    {
        using (await Turn())
        {
            if (_durable.Cards.FirstOrDefault(c => c.Id == cardId) is not { } known) return false;

            var answer = await InTime(stripe.ReadCard(cardId));
            if (answer.Problem is { Kind: not ProblemKind.Technical }) return false;

            var reading = Expect(answer, "The card could not be read.");
            if (reading.CustomerId != _durable.CustomerId || reading.Card is not { } read) return false;

            var fresh = read with { IsDefault = known.IsDefault };
            if (fresh == known) return true;

            // Only what could have made the bank say no counts as an update; otherwise the same decline would come again with every word of Stripe.
            var updated = (fresh.ExpMonth, fresh.ExpYear, fresh.Last4) != (known.ExpMonth, known.ExpYear, known.Last4);
            if (updated && known.IsDefault) await SaveDefault(fresh, _durable);
            else await Save(_durable with { Cards = [.. _durable.Cards.Select(c => c.Id == cardId ? fresh : c)] });
        }

        await Resume();
        return true;
    }

    /// <inheritdoc />
    public async Task<AttachResult> Attach(string paymentMethodId)
    {
        if (!StripeNotice.IsId(paymentMethodId)) return new() { Failure = Failures.Declined(null, null, null) };

        var answer = await OfCustomer(customer => stripe.Attach(customer, paymentMethodId));
        if (answer.Problem is { Kind: not ProblemKind.Technical } problem) return new() { Failure = Failures.Declined(problem.Code, problem.DeclineCode, null) };
        return new() { Card = await Add(Expect(answer, "The card could not be saved.")) };
    }

    /// <inheritdoc />
    public Task<ImmutableArray<SavedCard>> List()
    {
        ThrowIfLost();
        return Task.FromResult(_durable.Cards);
    }

    /// <inheritdoc />
    public async Task<bool> SetDefault(string cardId)
    {
        using (await Turn())
        {
            if (_durable.Cards.FirstOrDefault(c => c.Id == cardId) is not { } card) return false;
            if (card.IsDefault) return true;

            await SaveDefault(card, _durable);
        }

        await Resume();
        return true;
    }

    /// <inheritdoc />
    public async Task<bool> Remove(string cardId)
    {
        using (await Turn())
        {
            if (_durable.Cards.All(c => c.Id != cardId)) return false;

            // Forgotten here first: a card that lingers at Stripe is never charged, one that lingers here would be.
            await Save(Without([cardId]));
        }

        await Detach(cardId);
        return true;
    }

    /// <inheritdoc />
    public Task<ChosenCard?> Choose(string? cardId)
    {
        ThrowIfLost();
        var card = cardId is null ? _durable.Cards.FirstOrDefault() : _durable.Cards.FirstOrDefault(c => c.Id == cardId);
        return Task.FromResult(card is null ? null : new ChosenCard { CustomerId = _durable.CustomerId!, Card = card, Since = card.IsDefault ? _durable.DefaultSince : null });
    }

    /// <inheritdoc />
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await Resume();
        if (_durable.PendingResume is null && await this.GetReminder(ReminderName) is { } reminder) await this.UnregisterReminder(reminder);
    }

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    // One customer per account: its key makes a repetition harmless until the id is saved.
    private async Task<string> Customer()
    {
        using var turn = await Turn();
        if (_durable.CustomerId is { } known) return known;

        var number = _durable.CustomerNumber;
        var answer = await InTime(stripe.CreateCustomer(AccountId, number == 1 ? $"customer:{AccountId}" : FormattableString.Invariant($"customer:{AccountId}:{number}")));
        if (answer.Problem is { KeySpent: true }) await Save(_durable with { CustomerNumber = number + 1 });

        var id = Expect(answer, "Stripe could not make a customer.");
        await Save(_durable with { CustomerId = id });
        return id;
    }

    // A customer that somebody deleted at Stripe is made anew, or its account could never have a card again.
    private async Task<StripeAnswer<T>> OfCustomer<T>(Func<string, Task<StripeAnswer<T>>> ask)
    {
        var customer = await Customer();
        var answer = await InTime(ask(customer));
        return answer.Problem is { Kind: ProblemKind.Refused, Parameter: "customer" } && await ForgetIfDeleted(customer) ? await InTime(ask(await Customer())) : answer;
    }

    // Its cards went with it. One that is only not found may be there again when the key of Stripe is the right one.
    private async Task<bool> ForgetIfDeleted(string customer)
    {
        using var turn = await Turn();
        if (_durable.CustomerId != customer) return true;
        if (await InTime(stripe.IsCustomerDeleted(customer)) is not { Succeeded: true, Value: true }) return false;

        logger.LogWarning("The customer {Customer} of account {Account} was deleted at Stripe: it gets a new one, and its {Cards} saved cards are gone.", customer, AccountId, _durable.Cards.Length);
        await Save(Without([.. _durable.Cards.Select(card => card.Id)]) with { CustomerId = null, CustomerNumber = _durable.CustomerNumber + 1 });
        return true;
    }

    private async Task<SavedCard> Add(SavedCard card)
    {
        SavedCard added;
        ImmutableArray<string> replaced;
        using (await Turn())
        {
            if (_durable.Cards.FirstOrDefault(c => c.Id == card.Id) is { } known) return known;

            replaced = [.. _durable.Cards.Where(c => c.Fingerprint is not null && c.Fingerprint == card.Fingerprint).Select(c => c.Id)];
            await SaveDefault(card, Without(replaced));
            added = _durable.Cards[0];
        }

        // The answer was made before: the card may be removed again while this waits.
        await Resume();
        foreach (var old in replaced) await Detach(old);
        return added;
    }

    private CardsState Without(ImmutableArray<string> cards) => _durable with
    {
        Cards = Ordered(_durable.Cards.Where(c => !cards.Contains(c.Id))), Removed = [.. cards.Concat(_durable.Removed).Take(MaxRemoved)],
        DefaultSince = _durable.Cards.Any(c => c.IsDefault && cards.Contains(c.Id)) ? null : _durable.DefaultSince,
    };

    private async Task Detach(string cardId)
    {
        if ((await InTime(stripe.Detach(cardId))).Problem is { } problem)
            logger.LogWarning("Card {Card} of account {Account} is removed here but not at Stripe: {Message}", cardId, AccountId, problem.Message);
    }

    private async Task SaveDefault(SavedCard card, CardsState before)
    {
        await this.RegisterOrUpdateReminder(ReminderName, s_reminderPeriod, s_reminderPeriod);
        var changes = before.Changes + 1;
        var now = clock.GetUtcNow();
        await Save(before with
        {
            Cards = Ordered(before.Cards.Where(c => c.Id != card.Id).Prepend(card)),
            Changes = changes,
            PendingResume = FormattableString.Invariant($"card:{card.Id}:{changes}"),
            PendingSince = now,
            DefaultSince = now,
        });
    }

    // Outside the turn: the account may start a top-up at once, whose purchase asks for the card.
    private async Task Resume()
    {
        if (_durable.PendingResume is not { } operation) return;

        try
        {
            var resume = new ResumeAutoTopUp { OperationId = operation, Reference = "New default card", Cause = ResumeCause.Card, Since = _durable.PendingSince };
            await GrainFactory.GetGrain<IAccountGrain>(AccountId).ResumeAutoTopUp(resume);
        }
        catch (Exception exception)
        {
            logger.LogWarning(exception, "Auto top-up of account {Account} is not armed again yet; the reminder tries.", AccountId);
            return;
        }

        using var turn = await Turn();
        if (_durable.PendingResume == operation) await Save(_durable with { PendingResume = null, PendingSince = null });
    }

    private async Task Save(CardsState next)
    {
        stored.State = next;
        try
        {
            await stored.WriteStateAsync();
        }
        catch (Exception exception)
        {
            // It may have landed: only storage knows, so the next activation reads it.
            _lost = true;
            DeactivateOnIdle();
            throw new AccountUnavailableException($"The cards of account {AccountId} could not be saved.", exception);
        }

        _durable = next;
    }

    private async Task<IDisposable> Turn()
    {
        await _gate.WaitAsync();
        if (_lost)
        {
            _gate.Release();
            ThrowIfLost();
        }

        return new Release(_gate);
    }

    private void ThrowIfLost()
    {
        if (_lost) throw new AccountUnavailableException($"The cards of account {AccountId} are reloading; ask again.");
    }

    // What is no longer waited for may still be carried out: each of these calls may be repeated, or is looked at by nobody.
    private async Task<StripeAnswer<T>> InTime<T>(Task<StripeAnswer<T>> asked)
    {
        try
        {
            return await asked.WaitAsync(s_patience, clock);
        }
        catch (TimeoutException)
        {
            return new() { Problem = new() { Kind = ProblemKind.Technical, Message = "Stripe has not answered yet." } };
        }
    }

    private static T Expect<T>(StripeAnswer<T> answer, string otherwise) =>
        answer.Succeeded ? answer.Value! : throw new AccountUnavailableException($"{otherwise} Nothing was saved; try again. ({answer.Problem.Kind})");

    private static ImmutableArray<SavedCard> Ordered(IEnumerable<SavedCard> cards) => [.. cards.Select((card, index) => card with { IsDefault = index == 0 })];

    private sealed class Release(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
