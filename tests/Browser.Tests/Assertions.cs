using System.Reflection;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

/// <summary>
/// Playwright's expectations, looked at about ten times a second to begin with. By themselves they look after 0.1, 0.35, 0.85, 1.85, 2.85 … seconds, so a page that takes a moment costs another one:
/// that was half of this suite. What does not come within a few seconds is left to Playwright, with all its patience.
/// </summary>
internal static class Assertions
{
    /// <summary>What is expected of an element.</summary>
    public static ILocatorAssertions Expect(ILocator locator) => Eagerly(Microsoft.Playwright.Assertions.Expect(locator));

    /// <summary>What is expected of a page.</summary>
    public static IPageAssertions Expect(IPage page) => Eagerly(Microsoft.Playwright.Assertions.Expect(page));

    /// <summary>What is expected of an answer.</summary>
    public static IAPIResponseAssertions Expect(IAPIResponse response) => Microsoft.Playwright.Assertions.Expect(response);

    /// <summary>The same expectations, asked eagerly.</summary>
    internal static T Eagerly<T>(T expectations)
        where T : class
    {
        var eager = DispatchProxy.Create<T, Eager<T>>();
        ((Eager<T>)(object)eager).Inner = expectations;
        return eager;
    }
}

/// <summary>Asks the same again with little patience, and in the end once with all of it.</summary>
public class Eager<T> : DispatchProxy
    where T : class
{
    private const float LookMs = 110;
    private const int Looks = 30;

    /// <summary>Playwright's own.</summary>
    internal T Inner { get; set; } = default!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType == typeof(Task) ? Ask(targetMethod, args!)
        : targetMethod.Invoke(Inner, args) is T negated ? Assertions.Eagerly(negated)
        : throw new NotSupportedException(targetMethod.Name);

    // The last parameter of every expectation is its options, which have a timeout.
    private async Task Ask(MethodInfo expectation, object?[] arguments)
    {
        var options = expectation.GetParameters()[^1].ParameterType;
        if (arguments[^1] is null)
        {
            for (var look = 0; look < Looks; look++)
            {
                var hurried = Activator.CreateInstance(options)!;
                options.GetProperty("Timeout")!.SetValue(hurried, (float?)LookMs);
                try
                {
                    await (Task)expectation.Invoke(Inner, [.. arguments[..^1], hurried])!;
                    return;
                }
                catch (PlaywrightException)
                {
                    // Not yet, or not at all: the last look tells.
                }
            }
        }

        await (Task)expectation.Invoke(Inner, arguments)!;
    }
}
