using System.Collections.Immutable;
using System.Globalization;
using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Messaging;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>
/// Debits and sends one page. Saved before anything leaves: what the account is asked for, and which rows may be on their way to the gateway. A crash between two saves repeats a debit
/// under its operation id, and makes unknown what may have been handed over.
/// </summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class RecipientPageGrain : Grain, IRecipientPageGrain
{
    // A call returns well before its caller's time-out, and soon enough that a cancel is felt.
    private static readonly TimeSpan CallBudget = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GatewayTimeout = TimeSpan.FromSeconds(30);

    // A page that waits, for the gateway or for its turn, asks again who has opted out meanwhile.
    private static readonly TimeSpan OptOutsAge = TimeSpan.FromMinutes(1);

    private readonly CampaignKey _campaign;
    private readonly int _page;
    private readonly SavedState<PageRecipients> _recipients;
    private readonly SavedState<PageProgress> _progress;
    private readonly ISmsGateway _gateway;
    private readonly MessagingOptions _options;
    private readonly TimeProvider _time;
    private ImmutableArray<ImportedRecipient> _rows;
    private TextTemplate? _text;
    private int? _accepted;
    private long? _optOutsReadAt;

    // The outcomes of a hand-over under way, ahead of what is saved.
    private byte[]? _live;

    // Progress is saved by hand-overs and by reports, one after the other.
    private readonly Turns _saves = new();
    private PageProgress? _saved;
    private bool _failed;
    private readonly PageReports _reports;

    /// <summary>Made by Orleans.</summary>
    public RecipientPageGrain(
        [PersistentState("recipient-page", "grains")] IPersistentState<PageRecipients> recipients,
        [PersistentState("recipient-page-progress", "grains")] IPersistentState<PageProgress> progress,
        ISmsGateway gateway,
        IOptions<MessagingOptions> options,
        TimeProvider time,
        ILogger<RecipientPageGrain> logger)
    {
        (_campaign, _page) = CampaignKey.ParsePage(this.GetPrimaryKeyString());
        var writer = GrainContext.ActivationId.ToString();
        _recipients = new(recipients, writer, time, logger);
        _progress = new(progress, writer, time, logger);
        (_gateway, _options, _time) = (gateway, options.Value, time);
        _reports = new(_page, () => GrainFactory.GetGrain<ICampaignDeliveryGrain>(_campaign.ToString()), logger);
    }

    private ImmutableArray<ImportedRecipient> Rows => _rows.IsDefault ? _rows = RecipientCodec.Decode(_recipients.Value.Rows) : _rows;

    private string DebitOperation => _campaign.DebitOperation(_page);

    private string Reference => $"campaign {_campaign.CampaignId}";

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(_campaign.AccountId);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (PageRules.HasReports(_progress.Value))
            _reports.TellLater(_progress.Value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        // A silo that stops need not wait for calls: what is not told is asked for.
        reason.ReasonCode == DeactivationReasonCode.ActivationIdle ? _reports.Close(_progress.Value) : Task.CompletedTask;

    /// <inheritdoc/>
    public async Task Put(int firstRow, ImmutableArray<ImportedRecipient> rows)
    {
        if (_progress.Exists)
            throw new InvalidOperationException("The page is being sent.");
        if (firstRow > Rows.Length || firstRow + rows.Length > PageRules.PageSize)
            throw new ArgumentOutOfRangeException(nameof(firstRow));
        var all = Rows[..firstRow].AddRange(rows);
        await SaveRecipients(new() { Rows = RecipientCodec.Encode(all) });
        _rows = all;
        if (all.Length == PageRules.PageSize)
            Leave();
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<ulong>> Numbers(int rows) =>
        Task.FromResult(Rows.Take(rows).Where(row => row.Number != 0 && row.Status != RecipientStatus.SkippedDuplicate).Select(row => row.Number).ToImmutableArray());

    /// <inheritdoc/>
    public async Task Prepare(PageSend send)
    {
        if (_progress.Value.Phase != PagePhase.Untouched)
            return;
        var rows = Rows[..send.Rows];
        var optedOut = await OptedOut(rows.Where(row => row.Status == RecipientStatus.Pending).Select(row => row.Number));
        await Save(PageRules.Prepare(_progress.Value, rows, Text(send.Text, send.Fields), _options.PartRule, optedOut));
    }

    /// <inheritdoc/>
    public async Task<bool> Debit(PageSend send)
    {
        await Prepare(send);
        if (_progress.Value.Phase != PagePhase.Prepared)
            return !_progress.Value.Short;
        var payable = PageRules.Payable(_progress.Value);
        _accepted ??= payable.IsEmpty ? 0 : await Ask(payable, send.Actor);
        if (_accepted == payable.Length)
            return true;
        // Before the campaign stops on it: an account that paid for nobody keeps no trace of having been asked, and would be asked anew after a crash, when it may have credits again.
        await Save(PageRules.Answer(_progress.Value, _accepted.Value));
        return false;
    }

    /// <inheritdoc/>
    public async Task<PageReport> HandOver(PageSend send, int window, bool withdraw)
    {
        var started = _time.GetTimestamp();
        var progress = _progress.Value;
        if (progress.Phase == PagePhase.Untouched)
        {
            if (withdraw)
                return new() { Done = true, Figures = default, Window = window };
            await Prepare(send);
            progress = _progress.Value;
        }

        if (progress.Phase == PagePhase.Prepared)
        {
            // One that is short is stored by that.
            progress = await Debit(send) ? PageRules.Answer(_progress.Value, _accepted!.Value) : _progress.Value;
        }

        var answered = 0;
        if (progress.Phase == PagePhase.HandingOver)
        {
            progress = PageRules.Interrupted(progress);
            // A row that becomes unknown here may have a report already.
            if (PageRules.HasReports(progress))
                await _reports.Open();
            if (withdraw)
                progress = PageRules.Withdraw(progress);
            else if (_optOutsReadAt is not { } read || _time.GetElapsedTime(read) > OptOutsAge)
                progress = PageRules.OptOut(progress, Rows, await OptedOut(PageRules.Waiting(progress).Select(row => Rows[row].Number)));
            while (!PageRules.IsHandedOver(progress))
            {
                var reserved = await Reserve(progress, window, CallBudget - _time.GetElapsedTime(started));
                if (reserved == 0)
                {
                    await SaveOnce(progress);
                    return Report(false, window, answered);
                }

                var done = await HandOverWindow(progress, window, reserved, send);
                (progress, window, answered) = (done.Progress, done.Unavailable ? WindowSize.Probe : done.Window, answered + done.Answered);
                if (done.Unavailable && !PageRules.IsHandedOver(progress))
                {
                    // Before anybody waits: what was surely not taken must not become unknown by a crash.
                    await SaveOnce(progress);
                    return Report(false, window, answered) with { Unavailable = true };
                }
            }

            progress = PageRules.Finish(progress);
            await Save(progress);
            _live = null;
        }

        if (progress.Phase == PagePhase.Reversing)
        {
            await Reverse(progress.Refund, send.Actor);
            await Save(progress with { Phase = PagePhase.Settled });
        }

        // A page that is done holds no memory, so that a send's does not grow with it. What is left to come, reports, brings it back, and needs the marks only.
        (_rows, _text) = (default, null);
        Leave();
        return Report(true, window, answered);
    }

    /// <inheritdoc/>
    public async Task Report(ImmutableArray<RowReport> reports)
    {
        if (!_reports.Concern(_progress.Value, reports))
            return;
        await _reports.Open();
        _reports.Add(_progress.Value, reports);
        await SaveReports();
        await _reports.Tell(_progress.Value);
    }

    /// <inheritdoc/>
    public Task<PageDeliveryReport> Delivery() => Task.FromResult(new PageDeliveryReport(PageRules.Delivery(_progress.Value.Marks), _reports.MayBeOpen));

    /// <inheritdoc/>
    public Task<PageFigures> Figures() =>
        Task.FromResult(PageRules.Figures(_live is null ? _progress.Value : _progress.Value with { Phase = PagePhase.HandingOver, Marks = _live }));

    /// <inheritdoc/>
    public Task<ImmutableArray<RecipientView>> List(int rows, RecipientStatus unreached, ImmutableArray<RecipientStatus> statuses)
    {
        var progress = PageRules.Reported(_live is null ? _progress.Value : _progress.Value with { Phase = PagePhase.HandingOver, Marks = _live }, _reports.Rows);
        var views = ImmutableArray.CreateBuilder<RecipientView>();
        for (var index = 0; index < rows && index < Rows.Length; index++)
        {
            var row = Rows[index];
            var (status, credits) = PageRules.Shown(progress, row, index, unreached);
            if (!statuses.IsDefaultOrEmpty && !statuses.Contains(status))
                continue;
            views.Add(new()
            {
                Row = Row(index),
                To = row.Given ?? MobileNumbers.Format(row.Number),
                Status = status,
                Credits = credits,
                Delivery = progress.Phase < PagePhase.HandingOver ? DeliveryState.None : Mark.Delivery(progress.Marks[index]),
                Problem = row.Problem,
            });
        }

        Leave();
        return Task.FromResult(views.ToImmutable());
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<RecipientInput>> Copied(int rows, string text, DuplicateOf of, ImmutableArray<string>? fields = null)
    {
        var names = Text(text, fields).Fields;
        var copied = ImmutableArray.CreateBuilder<RecipientInput>();
        for (var index = 0; index < rows && index < Rows.Length; index++)
        {
            var row = Rows[index];
            if (CopyRules.Takes(of, PageRules.Shown(_progress.Value, row, index, RecipientStatus.Pending).Status))
                copied.Add(new() { To = row.Given ?? MobileNumbers.Format(row.Number), Fields = Given(names, row.Values), Problem = row.Problem });
        }

        Leave();
        return Task.FromResult(copied.ToImmutable());
    }

    /// <inheritdoc/>
    public Task<ImportFigures> Imported(int rows, string text)
    {
        var template = Text(text);
        var figures = ImportFigures.Of(Rows.Take(rows).Select(row =>
            row is { Status: RecipientStatus.Pending, Parts: 0 } ? row with { Parts = PageRules.Parts(template.Render(row.Values), _options.PartRule) } : row));
        Leave();
        return Task.FromResult(figures);
    }

    /// <inheritdoc/>
    public async Task<ImportFigures> Recount(int rows, int edition, string text, ImmutableArray<string>? fields)
    {
        if (_progress.Exists)
            throw new InvalidOperationException("The page is being sent.");
        if (edition > _recipients.Value.Edition)
        {
            var template = new TextTemplate(text, fields);
            var all = ImmutableArray.CreateRange(Rows, row => EditRules.Counted(row, template, _options.PartRule));
            await SaveRecipients(new() { Rows = RecipientCodec.Encode(all), Edition = edition });
            (_rows, _text) = (all, null);
        }

        var figures = ImportFigures.Of(Rows.Take(rows));
        Leave();
        return figures;
    }

    // Lists are long and looked through once: a page that is not being sent keeps no memory longer than it must.
    private void Leave()
    {
        if (_progress.Value.Phase is PagePhase.Untouched or PagePhase.Settled && !_reports.IsOpen)
            DeactivateOnIdle();
    }

    private static ImmutableDictionary<string, string> Given(IReadOnlyList<string> fields, string?[]? values) =>
        fields.Zip(values ?? []).Where(pair => !string.IsNullOrEmpty(pair.Second)).ToImmutableDictionary(pair => pair.First, pair => pair.Second!);

    private async Task<ImmutableArray<ulong>> OptedOut(IEnumerable<ulong> numbers)
    {
        var optedOut = await GrainFactory.GetGrain<IOptOutsGrain>(_campaign.AccountId).Which([.. numbers]);
        _optOutsReadAt = _time.GetTimestamp();
        return optedOut;
    }

    private async Task<int> Ask(ImmutableArray<int> payable, string actor)
    {
        var answer = await Account.DebitRecipients(new() { OperationId = DebitOperation, Reference = Reference, Actor = actor, CreditsPerRecipient = payable });
        return answer.Outcome switch
        {
            PostOutcome.Posted or PostOutcome.AlreadyPosted => answer.AcceptedRecipients,
            PostOutcome.InsufficientCredits or PostOutcome.UnknownAccount => 0,
            _ => throw new InvalidOperationException($"The account refused {DebitOperation}: {answer.Outcome}."),
        };
    }

    private async Task Reverse(int credits, string actor)
    {
        var answer = await Account.Reverse(new()
        {
            OperationId = DebitOperation + ":reversal",
            DebitOperationId = DebitOperation,
            Reference = Reference,
            Actor = actor,
            Credits = credits,
        });
        if (!answer.Holds)
            throw new InvalidOperationException($"The account refused {DebitOperation}:reversal: {answer.Outcome}.");
    }

    // Rows whose turn has not come are under no marker, and the outcomes of those before them are saved before it is waited for.
    private async Task<int> Reserve(PageProgress progress, int window, TimeSpan budget)
    {
        if (budget <= TimeSpan.Zero)
            return 0;
        using var limit = new CancellationTokenSource(budget, _time);
        try
        {
            var reserve = _gateway.Reserve(window, limit.Token);
            if (!reserve.IsCompleted)
                await SaveOnce(progress);
            return await reserve;
        }
        catch
        {
            await SaveOnce(progress);
            throw;
        }
    }

    // The marker is saved together with the outcomes of the window before.
    private async Task<(PageProgress Progress, int Window, int Answered, bool Unavailable)> HandOverWindow(PageProgress progress, int window, int reserved, PageSend send)
    {
        progress = progress with { HandingTo = PageRules.WindowEnd(progress, reserved) };
        await Save(progress);
        _live = (byte[])progress.Marks.Clone();
        var started = _time.GetTimestamp();
        var (answered, unavailable) = await HandOverRows(_live, progress, started, send);
        var next = reserved < window ? window : WindowSize.Next(window, _time.GetElapsedTime(started), _options.HandOverWindow);
        return (PageRules.Outcomes(progress, _live, _reports.Rows), next, answered, unavailable);
    }

    private async Task<(int Answered, bool Unavailable)> HandOverRows(byte[] marks, PageProgress progress, long started, PageSend send)
    {
        using var gate = new SemaphoreSlim(_options.HandOverConcurrency);
        var text = Text(send.Text, send.Fields);
        var (answered, lostAtLast, unavailable) = (0, 0, false);
        List<Task>? open = null;
        for (var row = progress.HandedTo; row < progress.HandingTo; row++)
        {
            if (Mark.Status(marks[row]) != RecipientStatus.Pending)
                continue;
            await gate.WaitAsync();
            if (unavailable || lostAtLast >= WindowSize.MostLost || _time.GetElapsedTime(started) > WindowSize.Longest)
                break;
            var sending = Send(row, Mark.Parts(marks[row]), text, send.From);
            if (sending.IsCompletedSuccessfully)
                Take(row, sending.Result);
            else
                (open ??= []).Add(Finish(row, sending));
        }

        if (open is not null)
            await Task.WhenAll(open);
        return (answered, unavailable || WindowSize.IsLost(answered, lostAtLast));

        async Task Finish(int row, Task<HandOver> sending)
        {
            HandOver answer;
            try
            {
                answer = await sending.WaitAsync(GatewayTimeout, _time);
            }
            catch (Exception failure)
            {
                answer = new(HandOverOutcome.Unknown, failure.Message);
            }

            Take(row, answer);
        }

        void Take(int row, HandOver answer)
        {
            if (answer.Outcome == HandOverOutcome.Unavailable)
            {
                unavailable = true;
            }
            else
            {
                var status = Status(answer);
                marks[row] = Mark.With(marks[row], status);
                (answered, lostAtLast) = status == RecipientStatus.Unknown ? (answered, lostAtLast + 1) : (answered + 1, 0);
            }

            gate.Release();
        }
    }

    private Task<HandOver> Send(int row, int parts, TextTemplate text, string? from)
    {
        try
        {
            return _gateway.Send(new()
            {
                AccountId = _campaign.AccountId,
                CampaignId = _campaign.CampaignId,
                MessageId = string.Create(CultureInfo.InvariantCulture, $"{_campaign.CampaignId}:{Row(row)}"),
                To = MobileNumbers.Format(Rows[row].Number),
                Text = text.Render(Rows[row].Values),
                Parts = parts,
                Kind = MessageKind.Campaign,
                From = from,
                Reserved = true,
            });
        }
        catch (Exception failure)
        {
            return Task.FromException<HandOver>(failure);
        }
    }

    private static RecipientStatus Status(HandOver answer) => answer.Outcome switch
    {
        HandOverOutcome.Accepted => RecipientStatus.Sent,
        HandOverOutcome.Refused => RecipientStatus.Failed,
        _ => RecipientStatus.Unknown,
    };

    private long Row(int index) => (long)_page * PageRules.PageSize + index;

    // The fields that rows are kept for never change once there are rows.
    private TextTemplate Text(string text, ImmutableArray<string>? fields = null) => _text?.Text == text ? _text : _text = new(text, fields);

    private PageReport Report(bool done, int window, int answered) =>
        new() { Done = done, Figures = PageRules.Figures(_progress.Value), Window = window, Answered = answered, Short = _progress.Value.Short };

    private Task SaveOnce(PageProgress progress) => ReferenceEquals(progress, _saved) || ReferenceEquals(progress, _progress.Value) ? Task.CompletedTask : Save(progress);

    // Whatever is saved takes along all that was reported, so hand-overs and reports lose nothing of each other.
    private async Task Save(PageProgress progress)
    {
        await _saves.Take(() => Write(_progress, PageRules.Reported(progress, _reports.Rows)));
        _saved = progress;
        if (_reports.IsOpen)
            _reports.TellLater(_progress.Value);
    }

    // Whoever comes first saves for all that wait; the others find it done.
    private Task SaveReports() => _saves.Take(() =>
    {
        var progress = PageRules.Reported(_progress.Value, _reports.Rows);
        return ReferenceEquals(progress, _progress.Value) ? Task.CompletedTask : Write(_progress, progress);
    });

    private Task SaveRecipients(PageRecipients recipients) => Write(_recipients, recipients);

    // What could not be saved must not be relied on: the next activation reads what is stored. Nothing else is saved meanwhile, or the one write could be taken for the other.
    private async Task Write<T>(SavedState<T> state, T next)
        where T : SavedRecord
    {
        if (_failed)
            throw new InvalidOperationException("An earlier write failed; the next activation knows what is stored.");
        try
        {
            await state.Save(next);
        }
        catch
        {
            _failed = true;
            DeactivateOnIdle();
            throw;
        }
    }
}
