using System.Collections;

namespace TelemetryKit.Storage.Postgres;

/// <summary>
/// One column of a row as a list, which the driver requires. It reads the values from the events without a copy.
/// </summary>
internal sealed class EventColumn<T>(ArraySegment<EventAt> events, Func<EventAt, T> value) : IList<T>
{
    public int Count => events.Count;

    public bool IsReadOnly => true;

    public T this[int index]
    {
        get => value(events[index]);
        set => throw new NotSupportedException();
    }

    public IEnumerator<T> GetEnumerator()
    {
        foreach (var at in events)
            yield return value(at);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void CopyTo(T[] array, int arrayIndex)
    {
        for (var i = 0; i < events.Count; i++)
            array[arrayIndex + i] = value(events[i]);
    }

    public void Add(T item) => throw new NotSupportedException();

    public void Clear() => throw new NotSupportedException();

    public bool Contains(T item) => IndexOf(item) >= 0;

    public int IndexOf(T item)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (EqualityComparer<T>.Default.Equals(value(events[i]), item))
                return i;
        }

        return -1;
    }

    public void Insert(int index, T item) => throw new NotSupportedException();

    public bool Remove(T item) => throw new NotSupportedException();

    public void RemoveAt(int index) => throw new NotSupportedException();
}
